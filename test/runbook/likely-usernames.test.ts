import { expect, test } from 'vitest';
import { formatLikely, likelyUsernames } from '../../source/runbook/likely-usernames.ts';
import { platformOf } from '../../source/runbook/platform.ts';

const ubuntu = platformOf('SSH-2.0-OpenSSH_9.6p1 Ubuntu-3ubuntu13');
const debian = platformOf('SSH-2.0-OpenSSH_9.2p1 Debian-2');
const windows = platformOf('SSH-2.0-OpenSSH_for_Windows_9.5');
const bare = platformOf('SSH-2.0-OpenSSH_8.7');
const unknown = platformOf(null);
const names = (...args: Parameters<typeof likelyUsernames>) => likelyUsernames(...args).map(({ username }) => username);

test('a name left over from a template gives way to the one the system comes with', () => {
	expect(names('root', ubuntu, [])).toEqual(['ubuntu']);
	expect(names('ec2-user', debian, [])).toEqual(['debian', 'admin']);
	expect(names('admin', windows, [])).toEqual(['Administrator']);
	expect(names('centos', bare, [])).toEqual(['ec2-user', 'cloud-user']);
	expect(names('root', unknown, [])).toEqual([]);
	expect(names('ubuntu', ubuntu, [])).toEqual([]);
	expect(names('postgres', ubuntu, [])).toEqual([]);
});

test('case, blanks and domains count, but not on Windows', () => {
	expect(names('Deploy', ubuntu, [])).toEqual(['deploy']);
	expect(names(' Deploy', ubuntu, [])).toEqual(['Deploy', 'deploy']);
	expect(names(String.raw`CORP\Alice`, debian, [])).toEqual(['Alice', 'alice']);
	expect(names('alice@corp.example', unknown, [])).toEqual(['alice']);
	expect(names(String.raw`CORP\Alice`, windows, [])).toEqual([]);
	expect(names('Root', ubuntu, [])).toEqual(['root', 'ubuntu']);
});

test('what passes at the same target for another Safe comes first; no name comes twice, and three are enough', () => {
	expect(likelyUsernames('Ubuntu', ubuntu, ['ubuntu'])).toEqual([
		{ username: 'ubuntu', why: 'passes at this target for another Safe' },
	]);
	expect(names('root', debian, ['deploy', 'backup'])).toEqual(['deploy', 'backup', 'debian']);
});

test('in words', () => {
	expect(formatLikely(likelyUsernames('Deploy', debian, []))).toBe('the name may be "deploy" (in lower case)');
	expect(formatLikely([])).toBeNull();
});
