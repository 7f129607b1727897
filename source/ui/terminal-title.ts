import { cleanText } from '../domain/clean.ts';
import type { Session } from '../engine/session/session.ts';
import { verdictGlyphs } from '../report/glyphs.ts';
import { masked } from './masking.ts';
import { pacedSession } from './paced-session.ts';
import type { Screen } from './screen.ts';
import { forTerminal } from './theme.ts';

/** What the terminal's title says, for those who look at another window: `✖ 6 vpmon dc1`. */
export function titleOf(session: Pick<Session, 'safes' | 'inventory' | 'measuredFrom'>): string {
	const { safes, inventory, measuredFrom } = session;
	const { failing, isFine } = countOf(safes);
	const [connector, ...others] = inventory.connectors;
	const where = connector === undefined || others.length > 0 ? measuredFrom : connector.name;
	const lead = failing > 0 ? `${verdictGlyphs.fail} ${failing} ` : isFine ? `${verdictGlyphs.pass} ` : '';
	return cleanText(`${lead}vpmon ${masked(where)}`).replace(/\s+/g, ' ');
}

type Safes = Session['safes'];

const counts = new WeakMap<Safes, { readonly failing: number; readonly isFine: boolean }>();

/** Asked for with every key, over thousands of Safes. */
function countOf(safes: Safes): { readonly failing: number; readonly isFine: boolean } {
	const known = counts.get(safes);
	if (known !== undefined) return known;
	let [failing, measured] = [0, 0];
	for (const { since, result } of safes.values()) {
		if (since === null) continue;
		measured++;
		if (result.verdict === 'fail') failing++;
	}
	const count = { failing, isFine: measured === safes.size && measured > 0 };
	counts.set(safes, count);
	return count;
}

// XTWINOPS 22 and 23 keep a title on the terminal's own stack and bring it back (xterm, tmux, VTE, kitty, iTerm2); others ignore them.
const keep = '\u001b[22;0t';
const bringBack = '\u001b[23;0t';
const bell = '\u0007';

/** Those that came since, also among the others by their times. What others tell of the time before is no news. */
function freshOf(seen: Session['events'], now: Session['events'], startedAt: number): Session['events'] {
	if (now === seen) return [];
	const known = new Set(seen);
	return now.filter((event) => !known.has(event) && Date.parse(event.at) >= startedAt);
}

/** Keeps the title, and rings where that is wanted when a Safe begins to fail. Writes only what changed. Returns its own end. */
export function startTitle(screen: Screen, write: (text: string) => void): () => void {
	const { session } = screen.engine;
	let shown = '';
	const startedAt = Date.now();
	let seen = session.get().events;
	const update = () => {
		const state = session.get();
		const title = forTerminal(screen.theme, titleOf(state));
		const fresh = freshOf(seen, state.events, startedAt);
		seen = state.events;
		// What fails at first sight is on the screen before anybody could miss it.
		const isNew = fresh.some(
			(event) =>
				event.kind === 'safes' && event.from !== null && event.from.verdict !== 'fail' && event.to.verdict === 'fail',
		);
		const ring = isNew && screen.view.get().bell ? bell : '';
		const retitle = title === shown ? '' : `\u001b]2;${title}${bell}`;
		shown = title;
		if (ring + retitle !== '') write(ring + retitle);
	};
	const end = () => write(bringBack);
	write(keep);
	update();
	// Also where a signal ends the process.
	process.once('exit', end);
	const unsubscribe = pacedSession(session).subscribe(update);
	// It is masked with the rest.
	const unsubscribeView = screen.view.subscribe(update);
	return () => {
		unsubscribe();
		unsubscribeView();
		process.off('exit', end);
		end();
	};
}
