import { readFileSync } from 'node:fs';
import { Duplex, Transform } from 'node:stream';
import fc from 'fast-check';
import ssh2 from 'ssh2';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createLabServer } from '../../source/lab/ssh-server.ts';
import { parsePublicKey } from '../../source/probes/public-key.ts';
import { probeSsh, type SshProbe } from '../../source/probes/ssh-handshake.ts';
import { fingerprint, privateKey, publicKey } from '../helpers/keys.ts';
import { controlPieces, harmful, holds, propertyTimeout, textOf } from '../helpers/properties.ts';
import { createWire } from '../helpers/wire.ts';

/** All that OpenSSH 9.2 said to vpmon on one connection, to the acceptance of a key; over a relay that kept it. */
const session = readFileSync(new URL('../../fixtures/ssh/openssh-9.2.bin', import.meta.url));
const { key } = parsePublicKey(publicKey('user-a'), 'test');
if (key === null) throw new Error('no key');
const question: SshProbe['question'] = { kind: 'public-key', username: 'deploy', keys: [key] };

const thrown: unknown[] = [];
const onThrown = (error: unknown) => thrown.push(error);
beforeEach(() => process.on('uncaughtException', onThrown));
afterEach(() => process.off('uncaughtException', onThrown));

/** Climbs whatever is at the other end; it has to come to an end in time and to say nothing that drives a terminal. */
async function climb(stream: Duplex, timeoutMs = 60) {
	thrown.length = 0;
	const started = performance.now();
	const result = await probeSsh(stream, { hostKeyTypes: null, mayAsk: () => true, question, timeoutMs });
	expect(thrown).toEqual([]);
	// For the handshake and for the answer, and for what else this machine does.
	expect(performance.now() - started).toBeLessThan(2 * timeoutMs + 10_000);
	for (const text of stringsIn(result)) expect(text).not.toMatch(harmful);
	return result;
}

function stringsIn(value: unknown): string[] {
	if (typeof value === 'string') return [value];
	return typeof value === 'object' && value !== null
		? [...Object.keys(value), ...Object.values(value).flatMap(stringsIn)]
		: [];
}

/** A peer that says these pieces, whatever it is told, and then ends or keeps the line open. */
function player(pieces: readonly Uint8Array[], ends: boolean): Duplex {
	const stream = new Duplex({ read() {}, write: (_chunk, _encoding, done) => done() });
	const next = (index: number) => {
		if (stream.destroyed) return;
		const piece = pieces[index];
		if (piece === undefined) return void (ends && stream.push(null));
		stream.push(Buffer.from(piece));
		setImmediate(() => next(index + 1));
	};
	setImmediate(() => next(0));
	return stream;
}

const bytes = fc.uint8Array({ maxLength: 40 });
/** Where something happens to what passes, and what. */
const changes = (length: number) =>
	fc.array(
		fc.record({
			at: fc.oneof(fc.nat(length - 1), fc.nat(64)),
			xor: fc.integer({ min: 1, max: 255 }),
			instead: fc.option(bytes, { freq: 4 }),
		}),
		{ maxLength: 3 },
	);

function changed(
	original: Buffer,
	list: ReadonlyArray<{ at: number; xor: number; instead: Uint8Array | null }>,
): Buffer {
	let result = Buffer.from(original);
	for (const { at, xor, instead } of list) {
		if (at >= result.length) continue;
		if (instead === null) result[at] = (result[at] ?? 0) ^ xor;
		else result = Buffer.concat([result.subarray(0, at), instead, result.subarray(at + instead.length)]);
	}
	return result;
}

function yieldEvery(whole: Buffer, cuts: readonly number[]): Buffer[] {
	const places = [...new Set([0, ...cuts.filter((at) => at < whole.length), whole.length])].sort((a, b) => a - b);
	return places.slice(1).map((end, index) => whole.subarray(places[index], end));
}

test(
	'a session of OpenSSH that is cut, flipped and comes in pieces proves nothing and breaks nothing',
	() =>
		holds(
			fc.asyncProperty(
				fc.nat(session.length),
				changes(session.length),
				fc.array(fc.nat(session.length), { maxLength: 6 }),
				fc.boolean(),
				async (cut, list, cuts, ends) => {
					const { handshake, answers } = await climb(
						player(yieldEvery(changed(session.subarray(0, cut), list), cuts), ends),
						ends ? 5000 : 60,
					);
					// Its signature is over another exchange.
					expect(handshake.hostKeyProven).toBe(false);
					expect(answers).toEqual([]);
					expect(handshake.ended).not.toBeNull();
					if (list.length === 0 && ends)
						expect(handshake.identification !== null).toBe(cut >= session.indexOf('\n') + 1);
				},
			),
			40,
		),
	propertyTimeout,
);

test(
	'cut at any byte of its first hundred, whole or byte by byte',
	async () => {
		for (let cut = 0; cut < 100; cut++) {
			const { handshake } = await climb(
				player(
					cut % 2 === 0 ? [session.subarray(0, cut)] : yieldEvery(session.subarray(0, cut), [...Array(cut).keys()]),
					true,
				),
				5000,
			);
			expect(handshake.identification).toBe(
				cut > session.indexOf('\n') ? 'SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u10' : null,
			);
		}
	},
	propertyTimeout,
);

test(
	'on a live connection a byte that is changed or lost never makes another answer',
	async () => {
		const server = createLabServer({
			hostKeys: [privateKey('host-a')],
			users: { deploy: [publicKey('user-a')] },
			methods: ['publickey'],
			ident: 'test 1',
			log: () => {},
		});
		await holds(
			fc.asyncProperty(fc.nat(2200), fc.integer({ min: 0, max: 255 }), fc.boolean(), async (place, xor, isCut) => {
				const [near, far] = createWire();
				server.accept(far);
				let passed = 0;
				const spoil = new Transform({
					transform(chunk: Buffer, _encoding, done) {
						const at = place - passed;
						passed += chunk.length;
						if (at < 0 || at >= chunk.length) return done(null, chunk);
						const copy = Buffer.from(chunk);
						copy[at] = (copy[at] ?? 0) ^ xor;
						if (!isCut) return done(null, copy);
						this.push(copy.subarray(0, at));
						this.push(null);
					},
				});
				near.pipe(spoil);
				const stream = Duplex.from({ readable: spoil, writable: near });
				const { handshake, answers } = await climb(stream, xor === 0 && !isCut ? 5000 : 500);
				near.destroy();
				if (handshake.hostKeyProven) expect(handshake.hostKey?.sha256).toBe(fingerprint('host-a'));
				for (const { answer } of answers) expect(['accepted', 'none']).toContain(answer);
				if (xor === 0 && !isCut) expect(answers.map(({ answer }) => answer)).toEqual(['accepted']);
			}),
			30,
		);
		server.close();
	},
	propertyTimeout,
);

type Raw = {
	_protocol: {
		_packetRW: { write: { alloc(length: number): Buffer; allocStart: number; finalize(packet: Buffer): Buffer } };
		_cipher: { encrypt(packet: Buffer): void };
	};
};

/** Sends a packet of a server that has proven its key, with whatever in it. */
function sendPacket(client: ssh2.Connection, payload: Uint8Array): void {
	const { _packetRW, _cipher } = (client as unknown as Raw)._protocol;
	const packet = _packetRW.write.alloc(payload.length);
	packet.set(payload, _packetRW.write.allocStart);
	_cipher.encrypt(_packetRW.write.finalize(packet));
}

const uint32 = (value: number) => Buffer.from([value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255]);
const string = (text: string | Uint8Array) => {
	const content = Buffer.from(text as string);
	return Buffer.concat([uint32(content.length), content]);
};
const words = textOf(controlPieces, 6);
/** Messages of RFC 4250 section 4.1.2 whose contents are of the right form, and others. */
const packet = fc.oneof(
	// A banner, a failure with methods, a disconnect, a debug message.
	fc.tuple(words, words).map(([text, lang]) => Buffer.concat([Buffer.from([53]), string(text), string(lang)])),
	fc
		.tuple(words, fc.boolean())
		.map(([methods, more]) => Buffer.concat([Buffer.from([51]), string(methods), Buffer.from([Number(more)])])),
	fc
		.tuple(fc.nat(20), words)
		.map(([reason, text]) => Buffer.concat([Buffer.from([1]), uint32(reason), string(text), string('')])),
	words.map((text) => Buffer.concat([Buffer.from([4, 1]), string(text), string('')])),
	// Keys that were never asked for, as accepted.
	bytes.map((blob) => Buffer.concat([Buffer.from([60]), string('ssh-ed25519'), string(blob)])),
	fc.constant(Buffer.from([52])),
	fc.tuple(fc.nat(255), bytes).map(([type, rest]) => Buffer.concat([Buffer.from([type]), rest])),
	// A string that claims to be longer than its packet.
	fc
		.tuple(fc.constantFrom(1, 2, 4, 20, 51, 53, 60, 80, 90, 91, 98), fc.nat())
		.map(([type, length]) => Buffer.concat([Buffer.from([type]), uint32(length), Buffer.from('x')])),
);

test(
	'a server that has proven its key and then says anything at all',
	() =>
		holds(
			fc.asyncProperty(fc.array(packet, { minLength: 1, maxLength: 5 }), fc.boolean(), async (packets, ends) => {
				const [near, far] = createWire();
				const server = new ssh2.Server({ hostKeys: [privateKey('host-a')] }, (client) => {
					client.on('error', () => {});
					client.on('authentication', () => {
						for (const payload of packets) sendPacket(client, payload);
						if (ends) setImmediate(() => far.destroy());
					});
				});
				server.injectSocket(far as never);
				const { handshake, answers } = await climb(near);
				// On a machine that is busy even this may take longer.
				if (!handshake.hostKeyProven) {
					expect(handshake.ended).toBe('timeout');
					return;
				}
				expect(answers).toHaveLength(1);
				// Only this key accepted counts, whatever other is.
				if (answers[0]?.answer === 'accepted') expect(packets.some((payload) => payload[0] === 60)).toBe(true);
				far.destroy();
			}),
			30,
		),
	propertyTimeout,
);
