import { expect, test } from 'vitest';
import { choiceOf, findChosen, safeOf } from '../../source/ui/choice.ts';
import { type Entry, keepSafe, type ListOptions, listSafes, type Opened } from '../../source/ui/safe-list.ts';
import { deadNetwork, passing, safesOf, stateOf } from '../helpers/safe-states.ts';

const options: ListOptions = { filter: '', opened: null, room: 12 };
const odd = stateOf('db-primary', '10.1.9.9', 'fail', { cause: 'host-key-mismatch' });

/** `60 port timeout`, `db-primary` */
const brief = (entry: Entry) => {
	if (entry.kind === 'safe') return `${entry.isInside ? '  ' : ''}${entry.state.result.name}`;
	if (entry.kind === 'vaultpam-only') return `${entry.listed.length} in VaultPAM only`;
	return `${entry.members.length} ${entry.kind === 'fold' ? entry.label : entry.group.cause}`;
};
const lines = (...args: Parameters<typeof listSafes>) => listSafes(...args).entries.map(brief);

test('sixty Safes behind one firewall are one line, the odd one out its own, those that pass one', () => {
	const safes = safesOf(...passing(334), odd, ...deadNetwork(60));
	expect(lines(safes, options)).toEqual(['60 port-timeout', 'db-primary', '334 all five pass']);
});

test('Safes that only VaultPAM knows are one line behind those that fail, and no Safe stands for it', () => {
	const withoutTarget = [
		{ id: '01HX-1', name: 'new-db' },
		{ id: '01HX-2', name: null },
	];
	const unknown = stateOf('silent', '10.3.0.1', 'unknown');
	const safes = safesOf(...passing(334), odd, unknown, ...deadNetwork(60));
	const coverage = { url: '', safes: 400, withoutTarget, readAt: null, problem: null };
	const all = { ...options, coverage };
	expect(lines(safes, all)).toEqual([
		'60 port-timeout',
		'db-primary',
		'2 in VaultPAM only',
		'silent',
		'334 all five pass',
	]);
	expect(lines(safesOf(), all)).toEqual(['2 in VaultPAM only']);
	expect(lines(safesOf(...passing(2)), { ...all, coverage: { ...coverage, withoutTarget: [] } })).toEqual([
		'web-1',
		'web-2',
	]);
	// What is not known is said too.
	const lost = { ...coverage, withoutTarget: [], problem: 'signed out' };
	expect(lines(safesOf(...passing(2)), { ...all, coverage: lost })).toEqual(['0 in VaultPAM only', 'web-1', 'web-2']);
	expect(lines(safesOf(...passing(2)), { ...all, coverage: lost, filter: 'web-1' })).toEqual(['web-1']);
	// It takes a line like any other, so one more has to give way.
	expect(lines(safesOf(...passing(12)), all)).toEqual(['2 in VaultPAM only', '12 all five pass']);

	const list = listSafes(safes, all);
	const line = list.entries[2] as Entry;
	const choice = choiceOf(line, 'db-primary');
	expect(choice.safe).toBeNull();
	expect(findChosen(list.entries, choice)).toBe(line);
	expect(safeOf(line, choice)).toBeNull();
	// Once each has a target the first line is the chosen one.
	expect(findChosen(listSafes(safes, options).entries, choice)?.kind).toBe('group');
});

test('the filter finds a Safe that only VaultPAM knows by its name or id, before guesses and behind what has the word', () => {
	const withoutTarget = [
		{ id: '01HX-1', name: 'web-new' },
		{ id: '01HX-2', name: null },
	];
	const safes = safesOf(...passing(2));
	const coverage = { url: '', safes: 400, withoutTarget, readAt: null, problem: null };
	const found = (filter: string) => lines(safes, { ...options, coverage, filter });
	expect(found('WEB')).toEqual(['web-1', 'web-2', '1 in VaultPAM only']);
	expect(found('wnew web')).toEqual([]);
	expect(found('01hx')).toEqual(['2 in VaultPAM only']);
	expect(found('web n')).toEqual(['1 in VaultPAM only']);
});

test('where all have room none is folded, but Safes that fail for one cause are', () => {
	const few = safesOf(...passing(7), odd);
	expect(lines(few, options)).toEqual(['db-primary', ...passing(7).map(({ result }) => result.name)]);
	expect(lines(safesOf(...passing(3), ...deadNetwork(4)), options)).toEqual([
		'4 port-timeout',
		'web-1',
		'web-2',
		'web-3',
	]);
});

test('the best give way first, and three lines are never too many', () => {
	const untested = (count: number) =>
		Array.from({ length: count }, (_, index) => stateOf(`pw-${index + 1}`, `10.2.0.${index}`, 'untested'));
	expect(lines(safesOf(...passing(50), ...untested(5)), options)).toEqual([
		...['pw-1', 'pw-2', 'pw-3', 'pw-4', 'pw-5'],
		'50 all five pass',
	]);
	expect(lines(safesOf(...passing(50), ...untested(20)), options)).toEqual([
		'20 password untested',
		'50 all five pass',
	]);
	expect(lines(safesOf(...passing(3), ...untested(20)), options).slice(-3)).toEqual(['web-1', 'web-2', 'web-3']);
});

test('two that fail alike without a reason they share stand alone while they have room', () => {
	const alike = [1, 2].map((index) => stateOf(`box-${index}`, `10.${index}.0.1`, 'fail', { cause: 'key-rejected' }));
	expect(lines(safesOf(...alike, ...passing(4)), options).slice(0, 2)).toEqual(['box-1', 'box-2']);
	expect(lines(safesOf(...alike, ...passing(4)), { ...options, room: 2 })).toEqual([
		'2 key-rejected',
		'4 all five pass',
	]);
});

test('the chosen line stays the chosen one, whatever becomes of it', () => {
	const before = safesOf(...passing(40), odd, ...deadNetwork(10));
	const group = listSafes(before, options).entries[0] as Entry;
	const choice = choiceOf(group);
	// Another trouble is larger now; the group has other members.
	const more = Array.from({ length: 20 }, (_, index) =>
		stateOf(`old-${index}`, `10.30.1.${index}`, 'fail', { cause: 'port-refused' }),
	);
	const after = listSafes(safesOf(...more, ...passing(40), odd, ...deadNetwork(12)), options).entries;
	expect(brief(after[0] as Entry)).toBe('20 port-refused');
	expect(brief(findChosen(after, choice) as Entry)).toBe('12 port-timeout');
	// All but one recovered: what is left of it.
	const rest = listSafes(safesOf(...passing(40), odd, ...deadNetwork(1)), options).entries;
	expect(brief(findChosen(rest, choice) as Entry)).toBe('app-01');
});

test('a Safe that was chosen keeps a line of its own below the one that counts it now', () => {
	const list = listSafes(safesOf(...passing(40), odd, ...deadNetwork(10)), options);
	const [state] = (list.entries[0] as Extract<Entry, { kind: 'group' }>).members;
	if (state === undefined) throw new Error('a group without members');
	const kept = keepSafe(list, state);
	expect(kept.entries.map(brief)).toEqual(['10 port-timeout', '  app-01', 'db-primary', '40 all five pass']);
	expect(brief(findChosen(kept.entries, { safe: 'app-01', entry: null }) as Entry)).toBe('  app-01');
});

test('an opened group lists its Safes, and those that recover stay to be seen', () => {
	const opened: Opened = {
		kind: 'group',
		key: 'group port-timeout subnet 10.20.4.0/24',
		cause: 'port-timeout',
		names: ['app-01', 'app-02', 'app-03', 'app-04'],
		label: 'port timeout',
		back: { safe: null, entry: null },
	};
	const recovered = stateOf('app-02', '10.20.4.2', 'pass', { connector: 'dmz' });
	const failing = deadNetwork(4).filter(({ result }) => result.name !== 'app-02');
	const safes = safesOf(...passing(40), recovered, ...failing);
	expect(lines(safes, { ...options, opened })).toEqual(['3 port-timeout', 'app-01', 'app-03', 'app-04', 'app-02']);
	const all = safesOf(
		...passing(40),
		...deadNetwork(4).map(({ result }) => stateOf(result.name, result.target.slice(0, -3), 'pass')),
	);
	expect(lines(all, { ...options, opened })).toEqual(['app-01', 'app-02', 'app-03', 'app-04']);
});

test('folded Safes that are opened are listed one by one', () => {
	const opened: Opened = {
		kind: 'fold',
		key: 'fold pass all five pass',
		names: [],
		label: '',
		back: { safe: null, entry: null },
	};
	expect(lines(safesOf(...passing(40), odd), { ...options, opened })).toEqual(
		passing(40).map(({ result }) => result.name),
	);
});

test('a filter lists Safes one by one, also those in a group', () => {
	const safes = safesOf(...passing(40), odd, ...deadNetwork(10));
	const list = listSafes(safes, { ...options, filter: 'app-0' });
	expect(list).toMatchObject({ of: 51, matching: 9 });
	expect(list.entries.map(brief)[0]).toBe('app-01');
});
