import { expect, test } from 'vitest';
import { completeWords } from '../../source/commands/complete-words.ts';
import { joinBroken } from '../../source/commands/completion.ts';
import { checkIds } from '../../source/domain/check.ts';
import { createProgram } from '../../source/program.ts';
import { fixes } from '../../source/runbook/fixes.ts';
import { createHome, vpmon } from '../helpers/cli.ts';

const program = createProgram();
const read: Array<string | undefined> = [];
const names = (inventory: string | undefined) => {
	read.push(inventory);
	return { safes: ['db-primary', 'db-2', 'web'], connectors: ['dc1', 'dmz'] };
};
const complete = (...words: string[]) => completeWords(program, words, names);
const values = (...words: string[]) => {
	const found = complete(...words);
	return found.kind === 'words' ? found.words.map(({ value }) => value) : found.kind;
};

test('every command and every flag of it is offered, each with what the help says of it', () => {
	const commands = program.commands.map((command) => command.name());
	expect(values('')).toEqual(commands);
	for (const command of program.commands) {
		const flags = command.options.map(({ long }) => long);
		expect(values(command.name(), '-')).toEqual([...flags, '--help']);
	}
	expect(complete('de')).toMatchObject({ words: [{ value: 'demo', help: expect.stringContaining('lab') }] });
});

test('values are completed by what the help calls them', () => {
	expect(values('check', '-i', '')).toBe('files');
	expect(values('check', '--inventory=ab')).toBe('files');
	expect(values('report', '--out', '')).toBe('directories');
	expect(values('report', '--format', '')).toEqual(['md', 'json']);
	expect(values('import', 'x')).toBe('files');
	expect(values('import', '--connector', 'd')).toEqual(['dc1', 'dmz']);
	expect(values('logs', 'dm')).toEqual(['dmz']);
	expect(values('fix', 'web', '')).toEqual(fixes.map(({ id }) => id));
	expect(values('fix', '--unseen', 'w')).toEqual(['web']);
	expect(values('completion', '')).toEqual(['bash', 'zsh', 'fish']);
	expect(complete('check', '--only', 'port,')).toEqual({
		kind: 'words',
		words: checkIds.filter((id) => id !== 'port').map((id) => ({ value: `port,${id}`, help: '' })),
		goesOn: true,
	});
	expect(values('check', '--connector=s')).toEqual(['--connector=systemd:']);
});

test('containers and units are asked for behind their kind alone', () => {
	let asked = 0;
	const runtimes = () => {
		asked++;
		return ['docker:vaultpam-connector', 'docker:db', 'systemd:sshd'];
	};
	const wordsOf = (...words: string[]) => completeWords(program, words, names, runtimes);
	expect(wordsOf('check', '--connector', 'do')).toMatchObject({ words: [{ value: 'docker:' }], goesOn: true });
	expect(asked).toBe(0);
	expect(wordsOf('check', '--connector', 'docker:v')).toEqual({
		kind: 'words',
		words: [{ value: 'docker:vaultpam-connector', help: '' }],
		goesOn: false,
	});
	expect(asked).toBe(1);
});

test('what is not known is not guessed', () => {
	for (const words of [['x'], ['check', '--timeout', ''], ['explain', 'a'], ['demo', ''], ['fix', 'a', 'b', 'c']])
		expect(values(...words)).toEqual([]);
	expect(values('logs', 'dc1', '')).toEqual([]);
	expect(values('check', '--no-such', 'db')).toEqual(['db-primary', 'db-2']);
});

test('names are looked up in the inventory that the words name, and only where one is wanted', () => {
	read.length = 0;
	expect(values('check', 'db-2', 'd')).toEqual(['db-primary']);
	expect(values('report', '-i', 'other.yaml', '--', 'w')).toEqual(['web']);
	expect(values('check', '--inventory=third.yaml', '--json', 'w')).toEqual(['web']);
	values('check', '--on');
	expect(read).toEqual([undefined, 'other.yaml', 'third.yaml']);
});

test('what bash breaks at its signs is put together again', () => {
	expect(joinBroken(['check', '--connector', 'docker', ':', 'x', ''])).toEqual([
		'check',
		'--connector',
		'docker:x',
		'',
	]);
	expect(joinBroken(['--only', '=', 'po'])).toEqual(['--only=po']);
	expect(joinBroken(['deploy', '@', 'db1', ':'])).toEqual(['deploy@db1:']);
	expect(joinBroken([])).toEqual([]);
});

test('a broken or missing inventory gives no names and no error', async () => {
	const home = createHome();
	const words = ['completion', 'fish', '--', 'check', '-i', '/nonexistent.yaml', ''];
	expect(await vpmon(words, home.environment)).toEqual({ exitCode: 0, stdout: '', stderr: '' });
	expect(await vpmon(['completion', 'tcsh'], home.environment)).toMatchObject({ exitCode: 2, stdout: '' });
	home.remove();
});
