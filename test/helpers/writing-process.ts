import { writeSync } from 'node:fs';
import { writeReport } from '../../source/report/write-report.ts';
import { type AuditEntry, appendAudit } from '../../source/storage/audit.ts';
import { openHistory } from '../../source/storage/history.ts';
import { openPreferences } from '../../source/storage/preferences.ts';
import { openPseudonyms } from '../../source/storage/pseudonyms.ts';

// A vpmon process as far as files of its own are concerned: writes all of them again and again until it is killed, and prints what
// each of them has by now. Three are being written at once, the other two take turns with them.
const [directory = '', writer = ''] = process.argv.slice(2);
const confirm = (kind: string, what: string) => writeSync(1, `${kind} ${what}\n`);
const again = async (work: (id: string) => Promise<void>) => {
	for (let count = 1; ; count++) await work(`${writer}-${count}`);
};

const pseudonyms = await openPseudonyms(directory);
const preferences = openPreferences();
const history = openHistory(directory, '/a.yaml');
const longText = 'x'.repeat(5000); // More than a page of memory.

void again(async (id) => {
	const name = longText.slice(0, 500) + id;
	confirm('stand-in', `${id} ${pseudonyms.numberOf('HOST', name, () => true)}`);
	preferences.write({ swept: [id] });
	confirm('preference', id);
	await new Promise(setImmediate);
});
void again(async (id) => {
	const at = new Date().toISOString();
	await history.append([
		{ kind: 'connector', at, connector: id, from: null, to: 'online', summary: longText.slice(0, 500) },
	]);
	confirm('event', id);
});
void again(async (id) => {
	const entry: AuditEntry = {
		version: 1,
		id,
		at: '',
		user: '',
		host: '',
		phase: 'ran',
		fix: '',
		safe: null,
		connector: null,
		commands: [longText],
		diff: [],
		file: null,
		backup: null,
		leaves: null,
		unseen: false,
		before: null,
		after: null,
	};
	await appendAudit(`${directory}/audit.jsonl`, entry);
	confirm('audit', id);
});
void again(async (id) => {
	const path = await writeReport(`${directory}/reports`, `${longText}${longText}\nthe end\n`, new Date());
	confirm('report', `${id} ${path}`);
});
