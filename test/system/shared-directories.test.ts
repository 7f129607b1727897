import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type RunAs, startUsersHost, type UsersHost } from '../helpers/users-host.ts';

// Several users of one machine, root among them, with the umasks that services and careful people have.

const program = new URL('../../dist/cli.js', import.meta.url).pathname;
const directoriesProgram = new URL('../helpers/directories-process.ts', import.meta.url).pathname;
const rules = new URL('../../docs/prometheus/vpmon.tmpfiles.conf', import.meta.url).pathname;
const ledger = '/run/vpmon/ledger-1.sqlite';
const audit = '/var/log/vpmon/audit.jsonl';
const team = { vpmon: ['vpmon', 'anna', 'bob'] };
const careful: RunAs = { umask: '0077' };
const service: RunAs = { umask: '0007', environment: { XDG_STATE_HOME: '/var/lib' } };

let host: UsersHost;
beforeEach(() => {
	host = startUsersHost(['vpmon', 'anna', 'bob', 'carl'], team);
});
afterEach(() => host.stop());

/** Nothing listens there, so nothing is used up: a failure of its port shows that it was measured. */
function vpmon(user: string, args: readonly string[], as: RunAs = careful) {
	const file = join(host.path, `home-${user}`, 'vpmon.yaml');
	writeFileSync(
		file,
		'version: 1\nconnectors: [{name: dc1}]\nsafes: [{name: db, host: 127.0.0.1, port: 1, username: x}]\n',
	);
	host.root(`chmod 600 ${file} && chown ${user} ${file}`);
	return host.run(user, [process.execPath, program, ...args, '-i', file], as);
}

const check = (user: string, as?: RunAs) => vpmon(user, ['check', '--json'], as);
const summaryOf = (stdout: string) => JSON.parse(stdout).safes[0].checks[1].summary as string;
const rightsOf = (...files: string[]) =>
	host
		.root(`stat -c '%a %U:%G' ${files.join(' ')}`)
		.trim()
		.split('\n');
const makeShared = () => host.root(`systemd-tmpfiles --create ${rules}`);
const placesOf = (user: string, as: RunAs = careful) =>
	JSON.parse(host.run(user, [process.execPath, directoriesProgram], as).stdout);

test('an exporter and members of its group share one budget, whatever their umask is', () => {
	makeShared();
	expect(check('vpmon', service).exitCode).toBe(1);
	expect(check('anna').exitCode).toBe(1);
	expect(rightsOf(ledger, `${ledger}-journal`)).toEqual(['660 vpmon:vpmon', '660 vpmon:vpmon']);
	// As an earlier vpmon left it under the unit's umask.
	host.root(`chmod 640 ${ledger} ${ledger}-journal`);
	const refused = check('anna');
	// What was measured before stands, and is called that.
	expect(refused.exitCode).toBe(1);
	expect(refused.stderr).toMatch(
		/^vpmon: db: as of \d\d:\d\d:\d\d by check, the probe budget's ledger cannot be used: /,
	);
	expect(refused.stderr.trimEnd().split('\n')).toHaveLength(1);
	expect(summaryOf(refused.stdout)).toContain(`sudo chmod 0660 ${ledger}`);
	const report = vpmon('anna', ['report', 'db', '--out', '-']);
	expect([report.exitCode, report.stdout.includes('ledger')]).toEqual([0, true]);
	expect(check('vpmon', service).exitCode).toBe(1);
	expect(check('anna').exitCode).toBe(1);
	expect(placesOf('anna').site).toBe('/var/lib/vpmon');
	expect(placesOf('vpmon', service).site).toBe('/var/lib/vpmon');
	expect(placesOf('root').site).toBe('/var/lib/vpmon');
});

test('every admin of the group writes to one audit file', () => {
	makeShared();
	const fix = ['fix', 'db', 'correct-username', '--username', 'y', '--yes'];
	for (const user of ['anna', 'bob', 'root']) expect(vpmon(user, fix).stderr).not.toMatch(/audit/);
	expect(vpmon('bob', ['report', 'db', '--mask', '--out', '-']).stderr).not.toMatch(/audit/);
	expect(rightsOf(audit)).toEqual(['660 anna:vpmon']);
	const lines = host.root(`cat ${audit}`).trim().split('\n');
	const told = lines.map((line) => JSON.parse(line)).map(({ action, user, phase }) => [action, user, phase]);
	expect(told).toEqual([
		...['anna', 'bob', 'root'].flatMap((user) => ['changing', 'changed'].map((phase) => ['fix', user, phase])),
		['report', 'bob', undefined],
	]);
	// An earlier vpmon left it so: nothing is changed without its line, and a report goes out all the same.
	host.root(`chmod 640 ${audit}`);
	const refused = vpmon('bob', fix);
	expect([refused.exitCode, refused.stderr]).toEqual([2, expect.stringContaining(`sudo chmod 0660 ${audit}`)]);
	expect(readFileSync(join(host.path, 'home-bob', 'vpmon.yaml'), 'utf8')).toContain('username: x');
	const report = vpmon('bob', ['report', 'db', '--out', '-']);
	expect([report.exitCode, report.stderr]).toEqual([0, expect.stringContaining('not told in the audit file')]);
});

test('what a member of the group lays in the way is not followed', () => {
	makeShared();
	const victim = join(host.path, 'home-bob', 'victim');
	host.root(`echo precious > ${victim} && chown bob ${victim} && chmod 600 ${victim}`);
	const lay = (command: string) => expect(host.run('anna', ['sh', '-c', command]).exitCode).toBe(0);
	const fix = ['fix', 'db', 'correct-username', '--username', 'y', '--yes'];
	lay(`ln -s ${victim} ${audit} && ln -s ${victim} ${ledger}`);
	expect(vpmon('bob', fix)).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('is a link') });
	expect(summaryOf(check('bob').stdout)).toMatch(/is a link, which is not followed; remove it: rm/);
	host.root(`rm ${audit} ${ledger}; ln ${join(host.path, 'home-anna', 'vpmon.yaml')} ${audit} 2>/dev/null || true`);
	lay(`mkfifo -m 660 /run/vpmon/pipe && mv /run/vpmon/pipe ${ledger}`);
	expect(check('bob').exitCode).toBe(3);
	lay(`rm ${ledger} && mkdir ${ledger}`);
	expect(check('bob').exitCode).toBe(3);
	// The exporter's history and names are its own, also below a directory of the group.
	lay(`ln -s ${host.path} /var/lib/vpmon/history && touch /var/lib/vpmon/stand-ins-1.sqlite && rm -r ${ledger}`);
	host.root('chmod 666 /var/lib/vpmon/stand-ins-1.sqlite');
	const report = vpmon('vpmon', ['report', 'db', '--mask', '--out', '-'], service);
	// Whose it is is hidden in a masked run, too.
	expect([report.exitCode, report.stderr]).toEqual([
		0,
		expect.stringMatching(/stand-ins-1\.sqlite belongs to (?:HOST|USER)-\d/),
	]);
	expect(host.root(`cat ${victim}`)).toBe('precious\n');
	expect(host.root('stat -c %s /var/lib/vpmon/stand-ins-1.sqlite').trim()).toBe('0');
});

test('root beside a user: the directories of the group, else those of the user, who can go on with them', () => {
	const id = host.root('id -u anna').trim();
	const sudo: RunAs = { ...careful, environment: { SUDO_UID: id, SUDO_USER: 'anna' } };
	// Root makes them where the group exists.
	expect(check('root', sudo).exitCode).toBe(1);
	expect(rightsOf('/run/vpmon', ledger)).toEqual(['2770 root:vpmon', '660 root:vpmon']);
	expect(check('anna').exitCode).toBe(1);
	host.root('rm -r /run/vpmon /var/lib/vpmon');
	host.setGroups({});
	expect(check('root', sudo).exitCode).toBe(1);
	const users = `/run/user/${id}/vpmon`;
	expect(rightsOf(users, `${users}/ledger-1.sqlite`)).toEqual(['700 anna:anna', '600 anna:anna']);
	expect(check('anna').exitCode).toBe(1);
	const { site } = placesOf('root', sudo);
	expect(site).toBe(join(host.path, 'home-anna', '.local/state/vpmon'));
	expect(rightsOf(site)).toEqual(['700 anna:anna']);
	expect(placesOf('anna').site).toBe(site);
	expect(placesOf('root').runtime).toBe('/run/vpmon');
});

test('who is not in the group is told how to join, and that the audit file is another', () => {
	makeShared();
	expect(placesOf('carl')).toMatchObject({
		site: join(host.path, 'home-carl', '.local/state/vpmon'),
		audit: join(host.path, 'home-carl', '.local/state/vpmon', 'audit.jsonl'),
		problem: expect.stringContaining('sudo usermod -aG vpmon carl'),
		others: [{ directory: '/var/lib/vpmon', whose: 'group vpmon', command: 'sudo usermod -aG vpmon carl' }],
	});
	host.root('install -d -o anna -g anna -m 700 -- "$(getent passwd anna | cut -d: -f6)/.local/state/vpmon"');
	expect(placesOf('anna')).toMatchObject({ audit, problem: null, others: [] });
	host.root(`install -o anna -m 600 /dev/null ${join(host.path, 'home-anna', '.local/state/vpmon/site-1.sqlite')}`);
	expect(placesOf('anna').others).toMatchObject([{ whose: 'anna', command: 'newgrp vpmon' }]);
});

test('an inventory that somebody else can change is refused where that is everybody, and said where it is one', () => {
	const check = (user: string, file: string) =>
		host.run(user, [process.execPath, program, 'check', '--json', '-i', file], careful);
	const text = 'version: 1\nconnectors: [{name: dc1}]\nsafes: [{name: db, host: 127.0.0.1, port: 1, username: x}]\n';
	const lay = (user: string, folder: string, mode: string) => {
		const file = join(host.path, folder, 'vpmon.yaml');
		host.root(`install -d -m ${mode} ${join(host.path, folder)}`);
		writeFileSync(file, text);
		host.root(`chmod 644 ${file} && chown ${user} ${file}`);
		return file;
	};
	expect(check('bob', lay('root', 'roots', '755'))).toMatchObject({ exitCode: 1, stderr: '' });
	expect(check('bob', lay('bob', 'sticky', '1777'))).toMatchObject({ exitCode: 1, stderr: '' });
	const annas = lay('anna', 'annas', '755');
	for (const user of ['root', 'bob']) {
		const { exitCode, stderr } = check(user, annas);
		expect([exitCode, stderr]).toEqual([1, expect.stringMatching(/^vpmon: warning: .* belongs to anna, who decides/)]);
	}
	expect(check('root', annas).stderr).toContain('what root runs and reads');
	const kept = join(host.path, 'annas-run');
	host.root(`install -d -o anna -m 755 ${kept}`);
	const inAnnas = host.run('root', [process.execPath, program, 'check', '-i', join(host.path, 'roots', 'vpmon.yaml')], {
		...careful,
		environment: { VPMON_RUNTIME_DIR: kept, VPMON_SITE_DIR: kept },
	});
	expect(inAnnas.stderr).toContain(`warning: ${kept} belongs to anna, who can change what vpmon keeps there`);
	expect(check('anna', annas).stderr).toBe('');
	const open = lay('root', 'open', '777');
	expect(check('bob', open)).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('chmod o-w') });
	// Also where the open directory is further up, or a link leads there.
	host.root(
		`install -d -m 755 ${host.path}/open/below && cp ${open} ${host.path}/open/below && ln -s ${open} ${host.path}/l`,
	);
	for (const file of [`${host.path}/open/below/vpmon.yaml`, `${host.path}/l`])
		expect(check('bob', file)).toMatchObject({
			exitCode: 2,
			stderr: expect.stringContaining('Everybody on this host'),
		});
});

test('with umask 0 nothing that is kept can be written by others; where they could lay something, nothing is kept', () => {
	const loose: RunAs = { umask: '0000' };
	const home = join(host.path, 'home-anna');
	expect(vpmon('anna', ['check'], loose).exitCode).toBe(1);
	expect(vpmon('anna', ['report', 'db', '--yes'], loose).exitCode).toBe(0);
	expect(vpmon('anna', ['fix', 'db', 'correct-username', '--username', 'y', '--yes'], loose).stderr).not.toMatch(
		/audit/,
	);
	expect(host.root(`find ${home} /run/user -mindepth 1 -perm /077 ! -type l ! -path ${home}`).trim()).toBe('');
	expect(host.root(`find ${home}/.cache -type f`).trim()).not.toBe('');
	// Code that others could have laid is not run.
	host.root(`find ${home}/.cache -mindepth 1 -delete && chmod 777 ${home}/.cache`);
	expect(vpmon('anna', ['check'], loose).exitCode).toBe(1);
	expect(host.root(`find ${home}/.cache -type f`).trim()).toBe('');
	host.root(`chmod 777 ${home}/.local/state`);
	const refused = vpmon('anna', ['fix', 'db', 'correct-username', '--username', 'z', '--yes'], loose);
	expect([refused.exitCode, refused.stderr]).toEqual([
		2,
		expect.stringMatching(/\.local\/state can be written by everybody/),
	]);
	const report = () => vpmon('anna', ['report', 'db', '--yes'], loose);
	for (const [folder, mode] of [
		['.local/state', '777'],
		['.local/state/vpmon', '777'],
		['.local/state/vpmon', '1777'],
		['.local/state/vpmon/reports', '1777'],
	] as const) {
		host.root(
			`cd ${home} && chmod 755 .local/state && chmod 700 .local/state/vpmon .local/state/vpmon/reports && chmod ${mode} ${folder}`,
		);
		const { exitCode, stderr } = report();
		expect([folder, mode, exitCode, stderr]).toEqual([
			folder,
			mode,
			2,
			expect.stringContaining(`${folder} can be written by everybody`),
		]);
	}
	const lost = host.run('anna', [process.execPath, program, '--version'], { environment: { HOME: '/proc' } });
	expect([lost.exitCode, lost.stderr]).toEqual([0, '']);
});
