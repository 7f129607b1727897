/** The network an address is in, as far as one may suppose it: /24 of IPv4, /64 of IPv6 (RFC 4291 section 2.5.4). Null for what is no address. */
export function subnetOf(address: string): string | null {
	const four = /^(\d{1,3}\.\d{1,3}\.\d{1,3})\.\d{1,3}$/.exec(address);
	if (four !== null) return `${four[1]}.0/24`;
	const plain = address.replace(/%.*$/, '');
	if (!plain.includes(':') || !URL.canParse(`http://[${plain}]/`)) return null;
	const [head = '', tail] = new URL(`http://[${plain}]/`).hostname.slice(1, -1).split('::');
	const left = head === '' ? [] : head.split(':');
	const right = tail === undefined || tail === '' ? [] : tail.split(':');
	const groups = [...left, ...Array<string>(8 - left.length - right.length).fill('0'), ...right].slice(0, 4);
	return `${new URL(`http://[${groups.join(':')}::]/`).hostname.slice(1, -1)}/64`;
}
