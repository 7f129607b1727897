import { expect, test } from 'vitest';
import { subnetOf } from '../../source/domain/subnet.ts';

test('an address is in a /24, or a /64', () => {
	expect(subnetOf('10.20.4.17')).toBe('10.20.4.0/24');
	expect(subnetOf('2001:db8:0:5::17')).toBe('2001:db8:0:5::/64');
	expect(subnetOf('2001:DB8::17')).toBe('2001:db8::/64');
	expect(subnetOf('::1')).toBe('::/64');
	expect(subnetOf('fe80::1%eth0')).toBe('fe80::/64');
	expect(subnetOf('1:2:3:4:5:6:7:8')).toBe('1:2:3:4::/64');
});

test('what is no address is in no network', () => {
	for (const text of ['db1.example', '', '10.20.4', 'a:b', ':::']) expect(subnetOf(text)).toBeNull();
});
