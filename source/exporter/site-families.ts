import { version } from '../domain/version.ts';
import type { Session } from '../engine/session/session.ts';
import { type BudgetInUse, mostSeconds } from '../probes/probe-budget.ts';
import { type Family, single } from './family.ts';
import { verdictHelp, verdictNumbers } from './safe-families.ts';

const statuses = ['online', 'degraded', 'offline', 'needs-recovery', 'unknown'] as const;

/** Connectors, sweeps, the inventory, vpmon itself. */
export function siteFamilies(session: () => Session, budget: () => BudgetInUse | null): readonly Family[] {
	const connectors = () => session().connectors.values();
	const seconds = (ms: number | null) => (ms === null ? null : ms / 1000);
	return [
		{
			name: 'vpmon_connector_status',
			help: 'Status of the connector: 1 for the one it has, 0 for the others.',
			*samples() {
				for (const { name, status } of connectors())
					for (const other of statuses) yield [{ connector: name, status: other }, Number(status === other)];
			},
		},
		{
			name: 'vpmon_connector_verdict',
			help: `What row 1 says of the connector: ${verdictHelp}.`,
			*samples() {
				for (const { name, check } of connectors()) yield [{ connector: name }, verdictNumbers[check.verdict]];
			},
		},
		{
			name: 'vpmon_connector_measured_timestamp_seconds',
			help: 'When the connector was last looked at, as Unix time.',
			*samples() {
				for (const { name, check } of connectors())
					if (check.measuredAt !== null) yield [{ connector: name }, Date.parse(check.measuredAt) / 1000];
			},
		},
		single('vpmon_sweep_running', '1 while a sweep over all Safes is under way.', () =>
			Number(session().sweep.running),
		),
		single(
			'vpmon_sweep_end_timestamp_seconds',
			'When the last sweep ended, as Unix time; none before the first did.',
			() => seconds(session().sweep.finishedAt),
		),
		single(
			'vpmon_sweep_interval_seconds',
			'From one background sweep to the next; none where probes leave on demand only.',
			() => {
				const { probe, sweepEveryMs } = session().inventory.settings;
				return probe === 'background' ? sweepEveryMs / 1000 : null;
			},
		),
		single(
			'vpmon_probe_budget_limit_seconds',
			'Penalty seconds that probes may hold against one target.',
			() => mostSeconds,
		),
		single(
			'vpmon_probe_budget_held_seconds',
			'Penalty seconds held now against the target that has the most, by all vpmon processes of this host.',
			() => budget()?.mostSeconds ?? null,
		),
		single(
			'vpmon_probe_budget_targets',
			'Targets that any penalty or connection is held against now.',
			() => budget()?.targets ?? null,
		),
		single(
			'vpmon_probe_budget_full_targets',
			'Targets that a background probe would have to wait for now.',
			() => budget()?.full ?? null,
		),
		single(
			'vpmon_inventory_reload_successful',
			'1 while the inventory file can be used; else the last good one is.',
			() => Number(session().inventoryProblem === null),
		),
		single(
			'vpmon_vaultpam_only_safes',
			'Safes that VaultPAM has and the inventory has not; none where it is not asked.',
			() => {
				const { coverage } = session();
				return coverage === null || coverage.safes === null ? null : coverage.withoutTarget.length;
			},
		),
		{
			name: 'vpmon_build_info',
			help: 'Always 1. The versions of vpmon and of Node.',
			samples: () => [[{ version, node_version: process.versions.node }, 1]],
		},
	];
}
