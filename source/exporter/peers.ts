import type { Server } from 'node:http';
import type { Socket } from 'node:net';

/** So many connections of one address, and of all, that have not shown the token; and so many that have. */
const maxOfAddress = 16;
const maxUnknown = 64;
const maxTrusted = 64;

type Peer = { readonly address: string; readonly socket: Socket; isTrusted: boolean; asks: number };

export type Peers = {
	/** A request has come. Returns what to call when it has its answer. */
	began(socket: Socket): () => void;
	/** It has shown the token: from now on nobody without one can take its place. */
	trust(socket: Socket): void;
};

/**
 * Keeps room for those who ask and go: the newest connection always gets in, and the oldest of the address that holds most makes room,
 * one that waits for an answer last. A peer that only holds connections thus keeps out nobody but itself, also where it comes from the
 * same address as the one that scrapes.
 */
export function limitPeers(server: Server): Peers {
	// In the order in which they came. By name: below TLS the server tells of another socket than the request has.
	const peers = new Map<string, Peer>();
	server.on('connection', (socket) => {
		const name = nameOf(socket);
		const peer = { address: addressOf(socket), socket, isTrusted: false, asks: 0 };
		peers.set(name, peer);
		socket.once('close', () => {
			if (peers.get(name) === peer) peers.delete(name);
		});
		const unknown = [...peers.values()].filter(({ isTrusted }) => !isTrusted);
		const its = unknown.filter(({ address }) => address === peer.address);
		if (its.length > maxOfAddress) end(its);
		else if (unknown.length > maxUnknown) end(ofLargest(unknown));
	});
	return {
		began(socket) {
			const peer = peers.get(nameOf(socket));
			if (peer === undefined) return () => {};
			peer.asks++;
			return () => {
				peer.asks--;
			};
		},
		trust(socket) {
			const peer = peers.get(nameOf(socket));
			if (peer === undefined) return;
			peer.isTrusted = true;
			const trusted = [...peers.values()].filter(({ isTrusted }) => isTrusted);
			if (trusted.length > maxTrusted) end(trusted);
		},
	};
}

/** Ends the oldest; one that is just being answered only where there is no other. The newest stays. */
function end(peers: readonly Peer[]): void {
	const others = peers.slice(0, -1);
	(others.find(({ asks }) => asks === 0) ?? others[0])?.socket.destroy();
}

/** Of the address that holds most; all of them where none holds more than one, as where somebody has many addresses. */
function ofLargest(peers: readonly Peer[]): readonly Peer[] {
	const groups = [...Map.groupBy(peers, ({ address }) => address).values()];
	const largest = groups.toSorted((a, b) => b.length - a.length)[0] ?? [];
	return largest.length > 1 ? largest : peers;
}

/** One host has all the addresses of its IPv6 network (RFC 4291, section 2.5.1). */
function addressOf({ remoteAddress = '' }: Socket): string {
	if (!remoteAddress.includes(':') || remoteAddress.startsWith('::ffff:')) return remoteAddress;
	return networkOf(remoteAddress);
}

/** The first 64 bits of an IPv6 address. */
function networkOf(address: string): string {
	const [before = '', after] = address.replace(/%.*$/, '').split('::');
	const head = before.split(':').filter((part) => part !== '');
	const tail = (after ?? '').split(':').filter((part) => part !== '');
	const zeros = after === undefined ? 0 : 8 - head.length - tail.length;
	const groups = [...head, ...Array.from({ length: Math.max(0, zeros) }, () => '0'), ...tail];
	return groups.slice(0, 4).join(':');
}

const nameOf = ({ remoteAddress, remotePort }: Socket) => `${remoteAddress} ${remotePort}`;
