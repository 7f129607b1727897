import { isIP } from 'node:net';
import type { Inventory } from '../domain/inventory.ts';

/**
 * Replaces what identifies a site by stand-ins that are the same everywhere in one text: SAFE-1, HOST-2, USER-3 for names from the
 * inventory, IP-4 for addresses. Loopback and documentation addresses (RFC 5737, RFC 3849) identify nobody and stay, and so does
 * `root`, which is everywhere.
 */
export type Mask = {
	(text: string): string;
	/** How many different things of each kind were replaced so far. */
	counts(): Readonly<Record<string, number>>;
	/** The first thing of the inventory that still stands in a text, or null. */
	leak(text: string): string | null;
};

const ipv4 = /(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w.]*\d)/g;
const ipv4InName = /\b(ip|dhcp|host|ec2|static)-(\d{1,3}-\d{1,3}-\d{1,3}-\d{1,3})\b/gi;
const ipv6 = /(?<![\w:.])(?:[0-9a-f]{0,4}:){2,7}(?:[0-9a-f]{0,4}|(?:\d{1,3}\.){3}\d{1,3})(?![\w:])/gi;
const harmlessAddress = /^(?:127\.|0\.0\.0\.0$|::1?$|192\.0\.2\.|198\.51\.100\.|203\.0\.113\.|2001:0?db8:)/i;
const harmlessNames = new Set(['root', 'localhost']);

export function createMask(inventory: Inventory): Mask {
	const standIns = new Map<string, string>();
	const totals = new Map<string, number>();
	const standIn = (kind: string, name: string): string => {
		const key = `${kind} ${name.toLowerCase()}`;
		const known = standIns.get(key);
		if (known !== undefined) return known;
		const number = (totals.get(kind) ?? 0) + 1;
		totals.set(kind, number);
		standIns.set(key, `${kind}-${number}`);
		return `${kind}-${number}`;
	};

	const connectorNames = new Set(inventory.connectors.map(({ name }) => name.toLowerCase()));
	const names = new Map<string, string>();
	const learn = (kind: string, name: string) => {
		const lower = name.toLowerCase();
		const exempt = harmlessNames.has(lower) || harmlessAddress.test(lower) || connectorNames.has(lower);
		if (!exempt && !names.has(lower)) names.set(lower, kind);
	};
	for (const safe of inventory.safes) {
		learn(isIP(safe.host) === 0 ? 'HOST' : 'IP', safe.host);
		learn('SAFE', safe.name);
		learn('USER', safe.username);
	}
	// The longest first, so that db1 does not cut db1.corp.example in two.
	const ordered = [...names.keys()].sort((a, b) => b.length - a.length);
	const known =
		ordered.length === 0 ? null : new RegExp(`(?<![\\w.-])(?:${ordered.map(escapePattern).join('|')})(?![\\w-])`, 'gi');

	const address = (text: string) => (isIP(text) === 0 || harmlessAddress.test(text) ? text : standIn('IP', text));
	const mask = (text: string): string => {
		const named =
			known === null ? text : text.replace(known, (name) => standIn(names.get(name.toLowerCase()) ?? 'HOST', name));
		return named
			.replace(ipv4InName, (_, prefix: string, digits: string) => `${prefix}-${address(digits.replaceAll('-', '.'))}`)
			.replace(ipv4, address)
			.replace(ipv6, address);
	};
	return Object.assign(mask, {
		counts: () => Object.fromEntries(totals),
		leak: (text: string) => (known === null ? null : (text.match(known)?.[0] ?? null)),
	});
}

function escapePattern(text: string): string {
	return text.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
}
