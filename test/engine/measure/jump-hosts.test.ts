import { expect, test } from 'vitest';
import { rememberDetours } from '../../../source/engine/measure/jump-hosts.ts';

const safe = (host: string) => ({ host, port: 22 }) as Parameters<ReturnType<typeof rememberDetours>>[0];

test('a target is asked for once, and not without end', async () => {
	const asked: string[] = [];
	const detourOf = rememberDetours(async ({ host }) => {
		asked.push(host);
		return 'ProxyJump';
	});
	expect([await detourOf(safe('a')), await detourOf(safe('a'))]).toEqual(['ProxyJump', 'ProxyJump']);
	expect(asked).toEqual(['a']);
	for (let index = 0; index < 100; index++) await detourOf(safe(`host-${index}`));
	expect(asked).toHaveLength(50);
	expect(await rememberDetours(undefined)(safe('a'))).toBeNull();
});
