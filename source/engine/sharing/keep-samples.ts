import { type CheckResult, rowsOf, type SafeResult } from '../../domain/check.ts';
import type { Safe } from '../../domain/inventory.ts';
import type { Writer } from '../../domain/measurement.ts';
import { worstVerdict } from '../../domain/verdict.ts';
import { atMainAddress } from '../../runbook/addresses.ts';
import type { SampleToKeep, Standing } from '../../storage/site-memory/samples/sample.ts';
import type { SiteMemory } from '../../storage/site-memory/site-memory.ts';
import type { SessionStore } from '../session/session.ts';
import { safeIdentity } from './safe-identity.ts';
import type { SiteSharing } from './site-sharing.ts';

export type KeptSamples = {
	/** Writes what is left, before the files are closed. */
	end(): Promise<void>;
};

const lookEveryMs = 1000;
/** Milliseconds at a time: well within a frame. */
const pieceMs = 3;

/**
 * Keeps how each Safe stood, a sample for each new measurement of its target, whoever measured it. Nothing is kept of what the probe
 * budget refused, of a look at some rows only, or with `share: false`.
 */
export function keepSamples(session: SessionStore, sharing: SiteSharing): KeptSamples {
	const seen = new Map<string, SafeResult>();
	let looked: ReadonlyMap<string, unknown> | null = null;

	const look = (withinMs: number) => {
		const { safes, inventory } = session.get();
		const { shared, own } = sharing.sitesNow();
		const isKept = (shared !== null || own !== null) && inventory.settings.share && session.facts.only === null;
		if (safes === looked || !isKept) return;
		const giveUpAt = performance.now() + withinMs;
		const taken = new Map<SiteMemory, SampleToKeep[]>();
		for (const safe of inventory.safes) {
			const result = safes.get(safe.name)?.result;
			const before = seen.get(safe.name);
			if (result === undefined || result === before) continue;
			if (performance.now() > giveUpAt) break;
			seen.set(safe.name, result);
			const site = isNewlyMeasured(result, before) ? sharing.siteOf(safe) : null;
			const sample = site === null ? null : sampleOf(session, safe, result);
			if (site === null || sample === null) continue;
			const its = taken.get(site) ?? [];
			its.push(sample);
			taken.set(site, its);
		}
		if (performance.now() <= giveUpAt) looked = safes;
		for (const [site, samples] of taken) site.putSamples(samples);
	};

	const timer = setInterval(() => look(pieceMs), lookEveryMs);
	timer.unref();
	return {
		async end() {
			clearInterval(timer);
			look(Number.POSITIVE_INFINITY);
			const { shared, own } = sharing.sitesNow();
			await Promise.all([shared, own].map((site) => site?.flushSamples()));
		},
	};
}

/** Judged again from the same evidence is no new measurement. */
function isNewlyMeasured({ checks }: SafeResult, before: SafeResult | undefined): boolean {
	const ids = ['port', 'username', 'host-key', 'ssh-key'] as const;
	return ids.some((id) => checks[id].measuredAt !== (before?.checks[id].measuredAt ?? null));
}

/** Null where nothing of the target was measured. */
function sampleOf(session: SessionStore, safe: Safe, result: SafeResult): SampleToKeep | null {
	const { evidence, measuredAt, measuredBy, durationMs } = result.checks.port;
	const connections = evidence?.connections ?? [];
	if (measuredAt === null || (connections.length === 0 && !evidence?.name?.error)) return null;
	// All programs find the same moment in the same evidence; when a run began only its own program knows.
	const starts = atMainAddress(connections).map(({ startedAt }) => Date.parse(startedAt));
	const at = starts.length === 0 ? Date.parse(measuredAt) : Math.min(...starts);
	const isOpen = connections.some(({ outcome }) => outcome === 'open');
	const isOwn = measuredBy !== null && isSame(measuredBy, session.facts.self);
	return { ...standingOf(result), safe: safeIdentity(session, safe), at, ms: isOpen ? durationMs : null, isOwn };
}

/** As a session would find it: a connector that is fine, or that nobody asked yet, makes no target worse or better. */
function standingOf(result: SafeResult): Standing {
	const [connector, ...ofTarget] = rowsOf(result);
	const rows: CheckResult[] = connector?.verdict === 'fail' ? [connector, ...ofTarget] : ofTarget;
	return {
		verdict: worstVerdict(rows.map(({ verdict }) => verdict)),
		cause: rows.find(({ verdict }) => verdict === 'fail')?.cause ?? null,
	};
}

function isSame(one: Writer, other: Writer): boolean {
	return one.program === other.program && one.uid === other.uid;
}
