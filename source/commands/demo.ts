import { handleCrash, isScreen } from '../ending.ts';
import { collectReport, writePrepared } from '../engine/collect-report.ts';
import type { Engine } from '../engine/engine.ts';
import { loadInventory } from '../inventory/file.ts';
import { type Lab, startLab } from '../lab/lab.ts';
import { describeMasking, describeSize } from '../report/describe-report.ts';
import { stateDirectory } from '../settings/directories.ts';
import { openStandIns } from '../settings/stand-ins.ts';
import { addTarget } from './add-target.ts';
import { reportOf, tableOf } from './check.ts';
import { reportsDirectory } from './report.ts';
import { startEngine } from './start-engine.ts';

export type DemoFlags = { ascii?: boolean; mask?: boolean };

/** `vpmon demo`: the built-in lab on the screen; without a terminal one sweep as a table, one report, and whether all came out as it should. */
export async function demo(flags: DemoFlags): Promise<void> {
	const lab = await startLab();
	try {
		const { engine, dispose } = await startEngine(loadInventory(lab.inventory), { token: lab.token });
		try {
			if (isScreen()) {
				const { showScreen } = await import('../ui/show-screen.tsx');
				await showScreen(engine, {
					ascii: flags.ascii ?? false,
					isMasked: flags.mask ?? false,
					title: 'demo lab',
					reportsDirectory,
					addTarget: (typed) => addTarget(engine.session.get().inventory, typed),
					handleCrash,
				});
			} else {
				await printDemo(engine, lab);
			}
		} finally {
			await dispose();
		}
	} finally {
		await lab.close();
	}
}

async function printDemo(engine: Engine, lab: Lab): Promise<void> {
	process.stderr.write('vpmon: the lab is up, measuring its Safes; one of them never answers, which takes 5 s\n');
	await engine.run(null, { trigger: 'command' });
	const report = reportOf(engine);
	process.stdout.write(tableOf(engine, report));
	const { inventory } = engine.session.get();
	const safe = inventory.safes.find(
		({ name }) => report.safes.find((result) => result.name === name)?.cause === 'host-key-mismatch',
	);
	if (safe !== undefined) {
		const standIns = await openStandIns(stateDirectory);
		const prepared = await collectReport(engine, [safe], { hides: 'others', sessionError: null, numbering: standIns });
		standIns.close();
		const { path, bytes } = await writePrepared(reportsDirectory, prepared);
		const detail = `${describeSize(bytes)}, ${describeMasking(prepared.data.masking)}`;
		process.stdout.write(`\nreport of ${safe.name}: ${path} (${detail})\n`);
	}
	const wrong = lab.expectations.filter((expected) => {
		const found = report.safes.find(({ name }) => name === expected.safe);
		return found?.verdict !== expected.verdict || found.cause !== expected.cause;
	});
	for (const { safe: name, verdict, cause } of wrong) {
		process.stderr.write(
			`vpmon: the lab does not show what it should: ${name} must be ${verdict}${cause === null ? '' : `, ${cause}`}\n`,
		);
	}
	process.exitCode = wrong.length === 0 && safe !== undefined ? 0 : 1;
}
