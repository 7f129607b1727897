import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeAuditedEdit } from '../../source/engine/audited-edit.ts';
import { sha256 } from '../../source/engine/run-fix.ts';
import { readyUndo, undoFix } from '../../source/engine/undo-fix.ts';
import { planEdit } from '../../source/inventory/edit.ts';
import { type AuditEntry, appendAudit, readAudit, readFixes } from '../../source/storage/audit.ts';
import { auditNote, auditReport } from '../../source/storage/audit-deeds.ts';

const inventoryWith = (note: string) => `version: 1\nconnectors: [{name: c}]\nsafes: [] # ${note}\n`;
const [oldest, old, now] = ['oldest', 'old', 'new'].map(inventoryWith) as [string, string, string];

let directory: string;
let audit: string;
let inventory: string;
let backup: string;
beforeEach(() => {
	directory = mkdtempSync(join(tmpdir(), 'vpmon-test-'));
	[audit, inventory, backup] = ['state/audit.jsonl', 'vpmon.yaml', 'vpmon.yaml.bak'].map((name) =>
		join(directory, name),
	) as [string, string, string];
	writeFileSync(inventory, now, { mode: 0o600 });
	writeFileSync(backup, old, { mode: 0o600 });
});
afterEach(() => rmSync(directory, { recursive: true }));

const entry = (given: Partial<AuditEntry>): AuditEntry => ({
	version: 1,
	id: 'a',
	at: '2026-11-25T19:30:00.000Z',
	user: 'ops',
	host: 'dc1',
	phase: 'changed',
	fix: 'correct-port',
	safe: 'db',
	connector: 'dc1',
	commands: [],
	diff: [],
	file: inventory,
	backup,
	leaves: sha256(now),
	unseen: false,
	before: 'fail, port-refused',
	after: 'pass',
	...given,
});

test('what several write at once stands there whole; what was cut off or comes from another version is left out', async () => {
	await Promise.all(Array.from({ length: 50 }, (_, index) => appendAudit(audit, entry({ id: String(index) }))));
	appendFileSync(audit, `{"version":2}\n${JSON.stringify(entry({})).slice(0, 40)}`);
	expect(new Set(readAudit(audit).map(({ id }) => id)).size).toBe(50);
	// Half a line takes none of ours along.
	await appendAudit(audit, entry({ id: 'next' }));
	expect(readAudit(audit).at(-1)?.id).toBe('next');
	expect(readAudit(audit)).toHaveLength(51);
	expect(readAudit(join(directory, 'none'))).toEqual([]);
});

test('an audit file that cannot be written is said, and stops the fix', async () => {
	await expect(appendAudit(join(inventory, 'audit.jsonl'), entry({}))).rejects.toThrow('cannot be written');
});

test('the last edit is taken back, then the one before it', async () => {
	await appendAudit(
		audit,
		entry({ id: 'first', leaves: sha256(old), backup: join(directory, 'vpmon.yaml.oldest.bak') }),
	);
	writeFileSync(join(directory, 'vpmon.yaml.oldest.bak'), oldest, { mode: 0o600 });
	await appendAudit(audit, entry({ id: 'second' }));
	for (const text of [old, oldest]) {
		await undoFix(audit, inventory, readyUndo(audit, inventory));
		expect(readFileSync(inventory, 'utf8')).toBe(text);
	}
	expect(() => readyUndo(audit, inventory)).toThrow('no change of a fix');
});

test('an edit that was cut off counts where the file was replaced, and does not where it was not', async () => {
	await appendAudit(audit, entry({ phase: 'changing', id: 'cut', after: null }));
	expect(readyUndo(audit, inventory).entry.id).toBe('cut');
	writeFileSync(inventory, old);
	expect(() => readyUndo(audit, inventory)).toThrow('no change of a fix');
});

test('a file that was changed since is left alone', async () => {
	await appendAudit(audit, entry({}));
	writeFileSync(inventory, `${now}# and more\n`);
	expect(() => readyUndo(audit, inventory)).toThrow('changed since');
	expect(readFileSync(inventory, 'utf8')).toBe(`${now}# and more\n`);
});

test('what others wrote into a shared audit file neither drives the terminal nor names another file to be put in place', async () => {
	await appendAudit(audit, entry({ user: '\u001b]0;x\u0007eve', diff: ['- \u001b[8mhidden'] }));
	expect(JSON.stringify(readAudit(audit))).not.toContain('\\u001b');
	const elsewhere = join(mkdtempSync(join(directory, 'other-')), 'vpmon.yaml.x.bak');
	writeFileSync(elsewhere, old, { mode: 0o600 });
	await appendAudit(audit, entry({ id: 'b', backup: elsewhere }));
	expect(() => readyUndo(audit, inventory)).toThrow('is no kept copy of');
	writeFileSync(backup, 'version: 99\n');
	await appendAudit(audit, entry({ id: 'c' }));
	expect(() => readyUndo(audit, inventory)).toThrow();
	expect(readFileSync(inventory, 'utf8')).toBe(now);
});

test('reports and notes have lines of their own kind, which no fix is taken for; a report is not lost for want of its line', async () => {
	expect(await auditReport({ action: 'report', hides: 'all', path: '/r.md', safes: ['db'] }, audit)).toBeNull();
	expect(await auditReport({ action: 'copy-report', hides: 'others', path: null, safes: ['db'] }, audit)).toBeNull();
	expect(
		await auditNote('db', 'net team, password=hunter2hunter2', Date.parse('2026-11-27T12:00:00Z'), audit),
	).toBeNull();
	await appendAudit(audit, entry({}));
	const told = readAudit(audit).map((line) => ('fix' in line ? line.fix : line.action));
	expect(told).toEqual(['report', 'copy-report', 'note', 'correct-port']);
	expect(readAudit(audit)[0]).toMatchObject({ hides: 'all', safes: ['db'], count: 1, path: '/r.md' });
	expect(readAudit(audit)[2]).toMatchObject({ until: '2026-11-27T12:00:00.000Z' });
	expect(readFileSync(audit, 'utf8')).not.toContain('hunter2');
	expect(readFixes(audit)).toHaveLength(1);
	const nowhere = join(inventory, 'audit.jsonl');
	const report = { action: 'report', hides: 'all', path: null, safes: [] } as const;
	expect(await auditReport(report, nowhere)).toContain('cannot be written');
});

test('an edit that is no fix has its line before it, and is not made without', async () => {
	const added = planEdit(inventory, [
		{ kind: 'add-safe', safe: { name: 'new', host: '10.0.0.1', username: 'u', connector: 'c' } },
	]);
	await expect(makeAuditedEdit(added, 'add-target', ['new'], join(backup, 'audit.jsonl'))).rejects.toThrow(
		'cannot be written',
	);
	expect(readFileSync(inventory, 'utf8')).toBe(now);
	await makeAuditedEdit(added, 'add-target', ['new'], audit);
	expect(readAudit(audit)).toMatchObject(
		['changing', 'changed'].map((phase) => ({ action: 'add-target', phase, safes: ['new'], file: inventory })),
	);
	// It is none of the changes that fix --undo takes back.
	expect(() => readyUndo(audit, inventory)).toThrow('no change of a fix');
});
