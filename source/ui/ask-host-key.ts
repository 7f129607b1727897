import { shortKeyType } from '../domain/host-key.ts';
import type { Engine } from '../engine/engine.ts';
import type { Store } from '../engine/store.ts';
import type { HostKeyQuestion, View } from './view.ts';

/** A key that was on its way to something else does not answer a question that has just come up. */
export const readingMs = 1000;
/** Nor does a key that is held down. */
const repeatMs = 300;

/**
 * Asks for the host key of a connector's host that is not known, one after the other, for as long as it is not answered. "No" holds
 * for this time and this key. Returns its own end.
 */
export function askHostKeys(engine: Engine, view: Store<View>): () => void {
	const declined = new Set<string>();
	const ask = () => {
		const { links, inventory } = engine.session.get();
		const unknown = inventory.connectors.flatMap((connector) => {
			const state = links.get(connector.name);
			const problem = state?.phase === 'waiting' || state?.phase === 'connecting' ? state.problem : null;
			return problem?.offered ? [{ connector, offered: problem.offered }] : [];
		});
		const { hostKey } = view.get();
		if (hostKey !== null) {
			if (!unknown.some(({ offered }) => offered.sha256 === hostKey.fingerprint)) view.patch({ hostKey: null });
			return;
		}
		const next = unknown.find(({ offered }) => !declined.has(offered.sha256));
		if (next === undefined) return;
		const { connector, offered } = next;
		const fingerprint = offered.sha256;
		const answer = (yes: boolean) => {
			if (yes) {
				void engine
					.anyHostOf(connector)
					?.link?.recordHostKey(fingerprint)
					.then((error) => view.patch({ notice: error === null ? null : `not recorded: ${error}` }));
			} else declined.add(fingerprint);
			view.patch({ hostKey: null, notice: yes ? null : `not now: row 1 of ${connector.name} says how to record it` });
		};
		const host = connector.host === 'local' ? connector.name : connector.host.host;
		view.patch({
			hostKey: { host, type: shortKeyType(offered.type), fingerprint, since: Date.now(), isSure: false, answer },
		});
	};
	const ends = [engine.session.subscribe(ask), view.subscribe(ask)];
	ask();
	return () => {
		for (const end of ends) end();
	};
}

/** Yes twice, since `y` copies elsewhere; whoever takes a wrong key here gives a stranger the connector's host. */
export function answerHostKey(view: Store<View>, question: HostKeyQuestion, chord: 'y' | 'n'): void {
	const age = Date.now() - question.since;
	if (chord === 'n') return question.answer(false);
	if (question.isSure && age >= repeatMs) return question.answer(true);
	if (!question.isSure && age >= readingMs) view.patch({ hostKey: { ...question, isSure: true, since: Date.now() } });
}
