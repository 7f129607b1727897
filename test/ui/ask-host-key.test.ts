import { afterEach, expect, test, vi } from 'vitest';
import type { Engine } from '../../source/engine/engine.ts';
import { createStore } from '../../source/engine/store.ts';
import type { LinkState } from '../../source/hosts/host.ts';
import { askHostKeys, readingMs } from '../../source/ui/ask-host-key.ts';
import { pressKey } from '../../source/ui/keys.ts';
import type { Screen } from '../../source/ui/screen.ts';
import { createView } from '../../source/ui/view.ts';

const fingerprint = (letter: string) => `SHA256:${letter.repeat(43)}`;
const unknown = (letter: string): LinkState => ({
	phase: 'waiting',
	attempt: 2,
	since: 0,
	nextAt: 60_000,
	problem: {
		kind: 'host-key-unknown',
		reason: 'not known',
		nextStep: 'compare',
		offered: { type: 'ssh-ed25519', sha256: fingerprint(letter), md5: '' },
	},
});

let stop = () => {};
afterEach(() => {
	stop();
	vi.useRealTimers();
});

/** Two connectors on hosts whose keys are not known. */
function begin() {
	vi.useFakeTimers();
	const recorded: string[] = [];
	const connectors = ['dc1', 'dc2'].map((name) => ({
		name,
		host: { username: 'ops', host: `${name}.example`, port: 22 },
	}));
	const session = createStore({
		inventory: { connectors },
		links: new Map<string, LinkState>([
			['dc1', unknown('a')],
			['dc2', unknown('b')],
		]),
	});
	const recordHostKey = async (given: string) => {
		recorded.push(given);
		return null;
	};
	const engine = {
		session,
		anyHostOf: () => ({ link: { recordHostKey } }),
	} as unknown as Engine;
	const view = createView();
	stop = askHostKeys(engine, view);
	const screen = { engine, view, layout: { kind: 'one' }, ends: {} } as unknown as Screen;
	return { session, view, recorded, press: (chord: string) => pressKey(screen, chord) };
}

test('a key that was meant for something else answers nothing; no is remembered, and the next one is asked for', () => {
	const { view, recorded, press } = begin();
	expect(view.get().hostKey).toMatchObject({ host: 'dc1.example', type: 'ED25519', fingerprint: fingerprint('a') });
	press('y');
	expect([recorded, view.get().hostKey?.isSure]).toEqual([[], false]);
	vi.advanceTimersByTime(readingMs);
	press('n');
	expect(view.get().hostKey).toMatchObject({ host: 'dc2.example' });
	vi.advanceTimersByTime(readingMs);
	press('n');
	expect([view.get().hostKey, recorded]).toEqual([null, []]);
});

test('yes records that very key, and nothing is asked any more once the host is known', () => {
	const { session, view, recorded, press } = begin();
	vi.advanceTimersByTime(readingMs);
	session.patch({
		links: new Map([
			['dc1', { phase: 'connected', since: 0 }],
			['dc2', unknown('b')],
		] as const),
	});
	expect(view.get().hostKey).toMatchObject({ host: 'dc2.example' });
	vi.advanceTimersByTime(readingMs);
	press('y');
	press('y');
	expect([recorded, view.get().hostKey?.isSure]).toEqual([[], true]);
	vi.advanceTimersByTime(readingMs);
	press('y');
	expect(recorded).toEqual([fingerprint('b')]);
});
