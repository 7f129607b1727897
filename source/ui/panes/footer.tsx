import { useEffect } from 'react';
import type { FirstSweep } from '../../engine/first-sweep.ts';
import type { InventoryProblem } from '../../engine/session/session.ts';
import type { Hint } from '../hint.ts';
import { describeProblem } from '../inventory-words.ts';
import { footerKeys } from '../keys.ts';
import { endNotices } from '../notice.ts';
import { Rows } from '../rows.tsx';
import { type Screen, useScreen, useStore } from '../screen.ts';
import { paint, type Theme } from '../theme.ts';
import type { HostKeyQuestion, View } from '../view.ts';
import { truncate, widthOf } from '../width.ts';

/** The last line: the keys that matter now, help and quit always, and what the last key did where nothing else shows it. */
export function Footer({ columns }: { columns: number }) {
	const screen = useScreen();
	useEffect(() => endNotices(screen), [screen]);
	const view = useStore(screen.view, (state) => state);
	// What a key can do changes with what is measured, not with the view alone.
	const line = useStore(screen.engine.session, ({ inventoryProblem }) =>
		lineOf(screen, view, inventoryProblem, columns),
	);
	return <Rows lines={[line]} columns={columns} height={1} />;
}

function lineOf(screen: Screen, view: View, problem: InventoryProblem | null, columns: number): string {
	const { theme } = screen;
	const { question, hostKey, notice, typing } = view;
	// What has to be answered comes first.
	if (notice === null && !typing) {
		if (question !== null) return questionLine(theme, question.sweep, columns);
		if (hostKey !== null) return hostKeyLine(theme, hostKey, columns);
	}
	const isAsked = question !== null || hostKey !== null;
	const standing = problem === null || isAsked ? null : describeProblem(problem);
	return footerLine(theme, footerKeys(screen), notice ?? standing ?? saidIn(view), columns);
}

/** The fingerprint is never cut: it is compared with what somebody reads out on the host. The row says how. */
export function hostKeyLine(
	theme: Theme,
	{ host, type, fingerprint, isSure }: HostKeyQuestion,
	columns: number,
): string {
	const key = (name: string, title: string) => `${paint(theme, 'bold', name)} ${title}`;
	const keys = (title: string) => `  ${key('y', title)}  ${key('n', 'not now')}`;
	const yes = isSure ? 'again: it is the same' : 'compared, record it';
	const wide = ` New host key of ${host}: ${type} ${fingerprint}`;
	if (widthOf(wide) + widthOf(`  y ${yes}  n not now`) <= columns - 1) return paint(theme, 'yellow', wide) + keys(yes);
	const room = columns - 1 - widthOf(`  ${type} ${fingerprint}  y again  n not now`);
	return `${paint(theme, 'yellow', ` ${truncate(host, room)} ${type} ${fingerprint}`)}${keys(isSure ? 'again' : 'same')}`;
}

/** What came of the last key, or which one it was: a customer who is told keys reads it out. */
export function saidIn({ notice, did }: Pick<View, 'notice' | 'did'>): string | null {
	return notice ?? (did === null ? null : `→ ${did}`);
}

/** What the first sweep would do, and the two keys that answer; what there is no room for stands in the help. */
export function questionLine(theme: Theme, { targets, from, seconds, everyMs }: FirstSweep, columns: number): string {
	const key = (name: string, title: string) => `${paint(theme, 'bold', name)} ${title}`;
	const every = everyMs < 60_000 ? `${everyMs / 1000} s` : `${Math.round(everyMs / 60_000)} min`;
	const said = [`Probe ${targets} targets`, ` from ${from}`, `, within ${seconds} s`, `, then every ${every}`];
	const room = columns - widthOf('   y yes  n only on keys  ? help  q quit') - 1;
	let text = '';
	for (const part of said) if (widthOf(text + part) < room) text += part;
	text += '?';
	const why = ' Each logs a connection of vpmon';
	if (widthOf(text + why) <= room) text += why;
	return ` ${paint(theme, 'yellow', text)}  ${key('y', 'yes')}  ${key('n', 'only on keys')}  ${key('?', 'help')}  ${key('q', 'quit')}`;
}

export function footerLine(theme: Theme, hints: readonly Hint[], notice: string | null, columns: number): string {
	const width = ({ keys, title }: Hint) => widthOf(`${keys} ${title}`) + 2;
	const always = hints.filter((hint) => hint.always);
	let room = columns - 1 - always.reduce((sum, hint) => sum + width(hint), 0);
	const said = notice === null ? '' : `${truncate(notice, room - 2)}  `;
	room -= widthOf(said);
	const shown = hints.filter((hint) => {
		if (hint.always) return true;
		if (width(hint) > room) {
			room = 0;
			return false;
		}
		room -= width(hint);
		return true;
	});
	const text = shown
		.map(({ keys, title, idle }) =>
			idle === true ? paint(theme, 'dim', `${keys} ${title}`) : `${paint(theme, 'bold', keys)} ${title}`,
		)
		.join('  ');
	return ` ${paint(theme, 'yellow', said)}${text}`;
}
