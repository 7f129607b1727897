import { expect, test } from 'vitest';
import { causes } from '../../source/domain/cause.ts';
import {
	type Checks,
	checkIds,
	type Group,
	makeChecks,
	type SafeResult,
	unmeasuredRow,
} from '../../source/domain/check.ts';
import { causeTexts } from '../../source/runbook/causes.ts';
import { groupFailures } from '../../source/runbook/group.ts';
import { formatContrast, formatExplained, formatShared, isOneTrouble } from '../../source/runbook/group-words.ts';
import { hostKeyEvidence, portEvidence, sshKeyEvidence } from '../helpers/plain-evidence.ts';

type Given = {
	name: string;
	cause?: SafeResult['cause'];
	connector?: string;
	address?: string;
	username?: string;
	key?: string;
	hostKey?: string;
};

/** A Safe as the judges leave it: rows before the failing one pass, later ones are skipped. */
function safe({
	name,
	cause = null,
	connector = 'dc1',
	address,
	username = 'deploy',
	key,
	hostKey,
}: Given): SafeResult {
	const failing = cause === null ? null : causeTexts[cause].check;
	const at = failing === null ? checkIds.length : checkIds.indexOf(failing);
	const rows = makeChecks((id) => {
		const index = checkIds.indexOf(id);
		const settled = index < at ? 'pass' : 'skip';
		const isFailing = index === at;
		return {
			...unmeasuredRow(id, 'here'),
			verdict: isFailing ? 'fail' : settled,
			cause: isFailing ? cause : null,
		};
	});
	const checks: Checks = {
		...rows,
		port: { ...rows.port, evidence: address === undefined ? null : portEvidence(address) },
		'ssh-key': { ...rows['ssh-key'], evidence: key === undefined ? null : sshKeyEvidence(key) },
		'host-key': { ...rows['host-key'], evidence: hostKey === undefined ? null : hostKeyEvidence(hostKey) },
	};
	const verdict = cause === null ? 'pass' : 'fail';
	return { name, connector, target: `${name}.example:22`, username, verdict, cause, headline: '', checks };
}

const many = (count: number, given: (index: number) => Given) =>
	Array.from({ length: count }, (_, index) => safe(given(index)));

const rack = [
	...many(60, (index) => ({
		name: `app-${index}`,
		cause: 'port-timeout',
		connector: 'dmz',
		address: `10.20.4.${index + 1}`,
	})),
	...many(2, (index) => ({ name: `near-${index}`, connector: 'dmz', address: `10.20.4.${200 + index}` })),
	...many(4, (index) => ({ name: `edge-${index}`, connector: 'dmz', address: `10.20.5.${index + 1}` })),
	...many(335, (index) => ({ name: `web-${index}`, address: `10.1.${index % 9}.${index % 250}` })),
	safe({ name: 'odd', cause: 'port-timeout', connector: 'dmz', address: '10.99.0.1' }),
	safe({ name: 'db', cause: 'host-key-mismatch', address: '10.1.0.7' }),
];

test('sixty behind one dead firewall are one group with its contrast; the unrelated ones stay visible', () => {
	const groups = groupFailures(rack);
	expect(groups.map(({ cause, safes }) => [cause, safes.length])).toEqual([
		['port-timeout', 60],
		['host-key-mismatch', 1],
		['port-timeout', 1],
	]);
	const [first] = groups as [Group];
	expect(first).toMatchObject({
		shared: { connector: 'dmz', subnet: '10.20.4.0/24' },
		contrast: { attribute: 'subnet', value: '10.20.4.0/24', failing: 60, passing: 2 },
		headline: '60 Safes in 10.20.4.0/24: The target port does not answer. 60 of 62 there, 1 of 341 elsewhere.',
	});
	expect(formatShared(first)).toBe('10.20.4.0/24 via dmz');
	expect(formatExplained(groups)).toBe('3 causes explain all 62 failures');
	expect(groups[2]).toMatchObject({ safes: ['odd'], shared: { connector: 'dmz', target: 'odd.example:22' } });
});

test('a connector whose Safes all fail is the explanation, wherever they stand', () => {
	const groups = groupFailures([
		...many(10, (index) => ({
			name: `a${index}`,
			cause: 'port-timeout',
			connector: 'dmz',
			address: `10.${index}.0.1`,
		})),
		...many(10, (index) => ({ name: `b${index}`, connector: 'dc1', address: `10.${index}.0.2` })),
	]);
	expect(groups).toMatchObject([{ contrast: { attribute: 'connector', value: 'dmz', failing: 10, passing: 0 } }]);
	expect(formatContrast((groups as [Group])[0].contrast)).toBe('10 of 10 there, 0 of 10 elsewhere');
});

test('a key that is refused everywhere, one user, one cloned host key', () => {
	const rejected = groupFailures([
		...many(3, (index) => ({ name: `a${index}`, cause: 'key-rejected', key: 'SHA256:old', username: `u${index}` })),
		...many(9, (index) => ({ name: `b${index}`, key: 'SHA256:new', username: `u${index % 3}` })),
	]);
	expect(rejected).toMatchObject([{ contrast: { attribute: 'key', value: 'SHA256:old', failing: 3, passing: 0 } }]);
	const users = groupFailures([
		...many(3, (index) => ({ name: `a${index}`, cause: 'username-rejected', username: 'Deploy' })),
		...many(9, (index) => ({ name: `b${index}` })),
	]);
	expect(users).toMatchObject([{ contrast: { attribute: 'username', value: 'Deploy' } }]);
	const cloned = groupFailures([
		...many(3, (index) => ({ name: `a${index}`, cause: 'host-key-mismatch', hostKey: 'SHA256:x' })),
		...many(9, (index) => ({ name: `b${index}`, hostKey: `SHA256:${index}` })),
	]);
	expect(cloned).toMatchObject([{ contrast: { attribute: 'hostKey', value: 'SHA256:x' } }]);
});

test('no port is shut because of a username', () => {
	const groups = groupFailures([
		...many(3, (index) => ({ name: `a${index}`, cause: 'port-refused', username: 'root', address: `10.${index}.0.1` })),
		...many(9, (index) => ({ name: `b${index}`, address: `10.9.0.${index}` })),
	]);
	expect(groups).toHaveLength(1);
	expect(groups[0]).toMatchObject({ contrast: { attribute: 'connector', failing: 3, passing: 9 } });
	expect(isOneTrouble((groups as [Group])[0])).toBe(false);
	expect(formatExplained(groups)).toBeNull();
});

test('two alone may share something by chance; three, or two that differ from what passes, do not', () => {
	const failing = many(3, (index) => ({ name: `a${index}`, cause: 'key-rejected', key: 'SHA256:old' }));
	const passing = safe({ name: 'ok', key: 'SHA256:new' });
	const isOne = (safes: SafeResult[]) => groupFailures(safes).map(isOneTrouble);
	expect(isOne(failing.slice(0, 2))).toEqual([false]);
	expect(isOne(failing)).toEqual([true]);
	expect(isOne([...failing.slice(0, 2), passing])).toEqual([true]);
});

test('Safes that fail the same row for another reason are counted with the rest', () => {
	const half = [
		...many(5, (index) => ({ name: `t${index}`, cause: 'port-timeout', address: `10.0.0.${index + 1}` })),
		...many(5, (index) => ({ name: `r${index}`, cause: 'port-refused', address: `10.0.0.${index + 50}` })),
		...many(10, (index) => ({ name: `ok${index}`, address: `10.0.1.${index + 1}` })),
	];
	// Half of the network is no explanation, and no number says that all of it fails.
	for (const group of groupFailures(half)) {
		expect(formatContrast(group.contrast)).toBe('5 of 20 there, none elsewhere to compare with');
		expect(isOneTrouble(group)).toBe(false);
	}
	const third = groupFailures([
		...half.slice(0, 5),
		...many(2, (index) => ({ name: `r${index}`, cause: 'port-refused', address: `10.0.0.${index + 50}` })),
		...half.slice(10),
	]);
	expect(third[0]).toMatchObject({ cause: 'port-timeout', contrast: { attribute: 'subnet' } });
	expect(third[0]).toMatchObject({ contrast: { passing: 0, failingOtherwise: 2, failingOtherwiseElsewhere: 0 } });
	expect(formatContrast((third as [Group])[0].contrast)).toBe('5 of 7 there, 0 of 10 elsewhere');
	const [, two] = groupFailures([
		...many(2, (index) => ({ name: `t${index}`, cause: 'port-timeout', address: `10.0.0.${index + 1}` })),
		...many(50, (index) => ({ name: `r${index}`, cause: 'port-refused', address: `10.0.1.${index + 1}` })),
	]) as [Group, Group];
	expect(formatContrast(two.contrast)).toBe('2 of 2 there, 0 of 50 elsewhere');
	expect(isOneTrouble(two)).toBe(true);
});

test('a row that fails for the same cause behind a connector that is offline is no counter-example', () => {
	const behind = safe({ name: 'x', cause: 'port-timeout', address: '10.0.0.9' });
	const offline = {
		...behind,
		cause: 'connector-offline' as const,
		checks: {
			...behind.checks,
			connector: { ...behind.checks.connector, verdict: 'fail' as const, cause: 'connector-offline' as const },
		},
	};
	const groups = groupFailures([
		...many(3, (index) => ({ name: `t${index}`, cause: 'port-timeout', address: `10.0.0.${index + 1}` })),
		offline,
		safe({ name: 'ok', address: '10.0.1.1' }),
	]);
	expect(groups.map(({ safes }) => safes)).toEqual([['t0', 't1', 't2'], ['x']]);
	expect(formatContrast((groups as [Group])[0].contrast)).toBe('4 of 4 there, 0 of 1 elsewhere');
});

test('a connector explains no user, host key or key', () => {
	for (const cause of ['username-rejected', 'host-key-mismatch', 'key-rejected', 'user-or-key-rejected'] as const) {
		const failing = many(3, (index) => ({
			name: `k${index}`,
			cause,
			username: `u${index}`,
			key: `SHA256:k${index}`,
			hostKey: `SHA256:h${index}`,
		}));
		const groups = groupFailures(failing);
		expect(groups).toMatchObject([{ contrast: { attribute: 'connector' } }]);
		expect(groups.map(isOneTrouble)).toEqual([false]);
		expect(formatExplained(groups)).toBeNull();
		// Nor where others pass through another one.
		const elsewhere = many(9, (index) => ({ name: `ok${index}`, connector: 'dc2', username: `v${index}` }));
		expect(formatExplained(groupFailures([...failing, ...elsewhere]))).toBeNull();
	}
});

test('two connectors that are offline are two groups; an IPv6 network is a /64', () => {
	const offline = groupFailures([
		safe({ name: 'a', cause: 'connector-offline', connector: 'dc1' }),
		safe({ name: 'b', cause: 'connector-offline', connector: 'dc2' }),
	]);
	expect(offline.map(({ shared }) => shared.connector)).toEqual(['dc1', 'dc2']);
	const six = groupFailures([
		...many(2, (index) => ({ name: `a${index}`, cause: 'port-timeout', address: `2001:db8:0:5::${index + 1}` })),
		safe({ name: 'ok', address: '2001:db8:0:6::1' }),
	]);
	expect(six).toMatchObject([{ contrast: { attribute: 'subnet', value: '2001:db8:0:5::/64' } }]);
});

/** Numbers that look random and are the same in every run (a linear congruential generator, Numerical Recipes). */
function numbers(seed: number) {
	let state = seed;
	return (below: number) => {
		state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296;
		return Math.floor((state / 4_294_967_296) * below);
	};
}

function randomSafes(count: number, seed: number): SafeResult[] {
	const next = numbers(seed);
	return many(count, (index) => ({
		name: `s${index}`,
		cause: next(3) === 0 ? (causes[next(causes.length)] ?? null) : null,
		connector: `c${next(4)}`,
		...(next(5) === 0 ? {} : { address: `10.0.${next(8)}.${next(250)}` }),
		username: `u${next(5)}`,
		...(next(3) === 0 ? {} : { key: `SHA256:${next(4)}` }),
		...(next(3) === 0 ? {} : { hostKey: `SHA256:${next(30)}` }),
	}));
}

test('every failing Safe is in exactly one group, the counts add up, and the order of the input does not matter', () => {
	for (let seed = 1; seed <= 40; seed++) {
		const safes = randomSafes(10 + seed * 7, seed);
		const failing = safes.filter(({ verdict }) => verdict === 'fail');
		const groups = groupFailures(safes);
		expect(groups.flatMap(({ safes: names }) => names).sort()).toEqual(failing.map(({ name }) => name).sort());
		for (const { cause, contrast, safes: names, shared } of groups) {
			expect(failing.filter(({ name }) => names.includes(name)).every((member) => member.cause === cause)).toBe(true);
			expect(shared[contrast.attribute]).toBe(contrast.value);
			expect(contrast.failing).toBeGreaterThanOrEqual(names.length);
			const all = failing.filter((member) => member.cause === cause).length;
			expect(contrast.failing + contrast.failingElsewhere).toBeLessThanOrEqual(all);
			expect(contrast.passing + contrast.passingElsewhere).toBeLessThanOrEqual(safes.length - all);
		}
		const next = numbers(seed);
		const shuffled = safes.map((one) => [next(1e9), one] as const).sort(([a], [b]) => a - b);
		expect(groupFailures(shuffled.map(([, one]) => one))).toEqual(groups);
	}
});

// Measured by the clock on machines that do other things too.
test('ten times the Safes take about ten times as long, not a hundred times', { retry: 3 }, () => {
	const time = (count: number) => {
		const safes = randomSafes(count, 7);
		const runs = [1, 2, 3].map(() => {
			const started = performance.now();
			groupFailures(safes);
			return performance.now() - started;
		});
		return Math.min(...runs);
	};
	time(1000);
	expect(time(20_000)).toBeLessThan(Math.max(time(2000), 5) * 40);
});
