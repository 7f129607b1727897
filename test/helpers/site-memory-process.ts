import { setTimeout as pause } from 'node:timers/promises';
import { openSiteMemory } from '../../source/storage/site-memory/open-site-memory.ts';
import { hostKey, measurement, measurementKey } from './measurement.ts';

// A vpmon process as far as site memory is concerned. Prints a line once it has done what it was asked to.
const [what = '', directory = '', name = '', count = '0', uid] = process.argv.slice(2);
if (uid !== undefined) {
	process.setgroups?.([]);
	process.setgid?.(Number(uid));
	process.setuid?.(Number(uid));
}
const memory = await openSiteMemory(directory, { program: 'check', uid: process.getuid?.() ?? -1, user: name });
const say = (line: string) => process.stdout.write(`${line}\n`);
const row = (index: number) =>
	measurement(
		{ part: 'host-key', evidence: hostKey() },
		{ run: `${name} ${index}`, key: { ...measurementKey, address: name, port: index } },
	);

if (what === 'write') {
	for (let index = 0; index < Number(count); index += 10) {
		await memory.put(Array.from({ length: 10 }, (_, more) => row(index + more)));
	}
	say(memory.problem() ?? 'done');
	memory.close();
} else if (what === 'hold') {
	await memory.claim([name], 'holding', Number(count));
	say('held');
	await pause(1e8);
} else if (what === 'flood') {
	// Until it is killed: rows, claims that are released, and one that is not.
	await memory.claim(['kept'], 'flooding', 1500);
	for (let index = 0; ; index++) {
		const claim = await memory.claim([`flood ${index % 50}`], 'flooding', 1500);
		await memory.put(Array.from({ length: 20 }, (_, more) => row(((index * 20 + more) % 2000) + 1)));
		memory.putNote(name, { text: String(index), at: Date.now(), until: null, by: memory.self });
		if (claim.ok) await claim.release();
		if (index === 0) say('flooding');
	}
} else if (what === 'lock') {
	const { DatabaseSync } = await import('node:sqlite');
	const database = new DatabaseSync(memory.file);
	database.exec('BEGIN EXCLUSIVE');
	say('locked');
	await pause(1e8);
} else if (what === 'problem') {
	await memory.put([row(1)]);
	say(JSON.stringify({ problem: memory.problem(), read: memory.load(['test']).length }));
	memory.close();
}
