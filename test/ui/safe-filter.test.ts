import { expect, test } from 'vitest';
import { filterSafes, matchesIn } from '../../source/ui/safe-filter.ts';
import { stateOf } from '../helpers/safe-states.ts';

const states = [
	stateOf('db-primary', '10.1.0.1', 'fail', { cause: 'host-key-mismatch', username: 'postgres' }),
	stateOf('payroll-desktop', '10.1.0.2', 'pass', { username: 'Administrator' }),
	stateOf('legacy-erp', '10.1.0.3', 'fail', { cause: 'port-timeout', connector: 'dmz' }),
	stateOf('Ünïcode-日本', '10.1.0.4', 'pass'),
];
const found = (filter: string) => filterSafes(states, filter).states.map(({ result }) => result.name);

test('names, targets, users, connectors and causes are looked through, in upper and lower case alike', () => {
	expect(found('PAYROLL')).toEqual(['payroll-desktop']);
	expect(found('10.1.0.3')).toEqual(['legacy-erp']);
	expect(found('postgres')).toEqual(['db-primary']);
	expect(found('administrator')).toEqual(['payroll-desktop']);
	expect(found('dmz')).toEqual(['legacy-erp']);
	expect(found('port timeout')).toEqual(['legacy-erp']);
	expect(found('host-key-mismatch')).toEqual(['db-primary']);
	expect(found('日本')).toEqual(['Ünïcode-日本']);
	expect(found('  ')).toEqual(states.map(({ result }) => result.name));
});

test('letters in order count where a word stands nowhere, and only there', () => {
	expect(found('dbprim')).toEqual(['db-primary']);
	expect(found('lgcy')).toEqual(['legacy-erp']);
	expect(found('dc1 pyrl')).toEqual(['payroll-desktop']);
	expect(found('zzz')).toEqual([]);
	expect(found('q')).toEqual([]);
	// It stands in one name: those that are only like it are not meant.
	expect(found('erp')).toEqual(['legacy-erp']);
});

test('every word has to be there', () => {
	expect(found('dc1 pass')).toEqual(['payroll-desktop', 'Ünïcode-日本']);
	expect(found('dmz pass')).toEqual([]);
});

test('what was found is marked where it stands', () => {
	const marked = (text: string, filter: string) =>
		matchesIn(text, filterSafes(states, filter).words).map(([begin, end]) => text.slice(begin, end));
	expect(marked('db-primary  db-replica', 'DB')).toEqual(['db', 'db']);
	expect(marked('db-primary', 'dbprim')).toEqual(['db', 'prim']);
	expect(marked('web', 'db')).toEqual([]);
	expect(marked('aXa', 'a')).toEqual(['a', 'a']);
});
