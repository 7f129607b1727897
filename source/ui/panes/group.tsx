import { type AttributeName, attributeNames } from '../../domain/check.ts';
import { formatMoment } from '../../domain/time.ts';
import { fixContextFor } from '../../engine/session/read.ts';
import type { SafeState } from '../../engine/session/session.ts';
import { countSafes } from '../../report/check-report.ts';
import { verdictGlyphs } from '../../report/glyphs.ts';
import { causeTexts } from '../../runbook/causes.ts';
import { checkById } from '../../runbook/checks.ts';
import type { FixContext } from '../../runbook/fix-context.ts';
import { stepsFor } from '../../runbook/fixes.ts';
import { formatContrast, formatShared, isOneTrouble } from '../../runbook/group-words.ts';
import { safeOf } from '../choice.ts';
import { Rows, titleRule } from '../rows.tsx';
import type { Entry } from '../safe-list.ts';
import { useScreen, useStore } from '../screen.ts';
import { againGlyph } from '../signs.ts';
import { paint, type Theme } from '../theme.ts';
import { widthOf, wrap } from '../width.ts';
import { labelled } from './labelled.ts';
import { earliest } from './safe-line.ts';

type GroupEntry = Extract<Entry, { kind: 'group' }>;

/** Why Safes fail together: what they share, how sure that is, who they are, since when, and what to do. */
export function GroupView({ entry, columns, height }: { entry: GroupEntry; columns: number; height: number }) {
	const { engine, theme, view, ends } = useScreen();
	const state = useStore(view, (current) => current);
	const focused = state.focus === 'checks';
	const sample = safeOf(entry, state);
	const safe = useStore(engine.session, ({ inventory }) => inventory).safes.find(
		({ name }) => name === sample?.result.name,
	);
	const running = entry.members.filter((member) => member.running !== null).length;
	const about = `${countSafes(entry.members.length)} · ${formatShared(entry.group)}`;
	const tail = [
		...(running === 0 ? [] : [`${againGlyph} ${running}`]),
		...(state.opened === null ? ['enter lists them'] : []),
	];
	const title = titleRule(theme, 'Checks', about, columns, focused, tail.join(' · '));
	if (sample === null || safe === undefined) return <Rows lines={[title]} columns={columns} height={height + 1} />;
	const context = fixContextFor(engine.session, safe);
	const lines = groupLines(theme, entry, sample, context, columns - 1, height);
	ends.checks = Math.max(0, lines.length - height);
	const from = Math.min(state.checksOffset, ends.checks);
	const shown = lines.slice(from, from + height);
	const below = lines.length - height - from;
	if (below > 0)
		shown[height - 1] = paint(theme, 'dim', ` … ${below + 1} more lines: ${focused ? 'down' : 'tab, then down'}`);
	return <Rows lines={[title, ...shown]} columns={columns} height={height + 1} />;
}

const attributeWords: Readonly<Record<AttributeName, string>> = {
	connector: 'connector',
	target: 'target',
	address: 'address',
	subnet: 'network',
	username: 'username',
	key: 'key',
	hostKey: 'host key',
};

/** Where all has no room, what is least needed to act is left out. */
export function groupLines(
	theme: Theme,
	{ group, members }: GroupEntry,
	sample: SafeState,
	context: FixContext,
	columns: number,
	height: number,
): string[] {
	const { label, headline, why, check } = causeTexts[group.cause];
	const sign = paint(theme, 'red', verdictGlyphs.fail);
	const found = sample.result.checks[check];
	const shared = attributeNames
		.filter((attribute) => attribute !== 'username' || group.contrast.attribute === 'username')
		.flatMap((attribute) => {
			const value = group.shared[attribute];
			return value === undefined ? [] : [`${attributeWords[attribute]} ${value}`];
		});
	const doubt = isOneTrouble(group) ? '' : '; so it may be chance';
	const part = (name: string, text: string) => labelled(theme, name, text, columns);
	const head = wrap(`${label}: ${headline}`, columns - 4).map((line, index) =>
		index === 0 ? ` ${sign} ${line}` : `   ${line}`,
	);
	const contrast = `${formatContrast(group.contrast)}${doubt}`;
	const names = (lines: number) => part('Safes', membersThatFit(group.safes, (columns - 12) * lines));
	const { number, title } = checkById[check];
	const example = part(
		'Such as',
		`${sample.result.name}, ${number} ${title}: ${verdictGlyphs[found.verdict]} ${found.summary}`,
	);
	const texts = stepsFor(group.cause, context);
	const steps = texts.flatMap((text, index) =>
		part(index === 0 ? 'Do' : '', texts.length === 1 ? text : `${index + 1} ${text}`),
	);
	const whole = [
		...head,
		...(shared.length === 0 ? [] : part('Shared', shared.join(', '))),
		...part('Contrast', contrast),
		...part('Since', sinceOf(members)),
		...names(2),
		...example,
		'',
		...part('Why', why),
		...steps,
	];
	if (whole.length <= height) return whole;
	// What they share stands in the title.
	return [
		...head,
		...part('Contrast', `${contrast}; since ${sinceOf(members)}`),
		...names(1),
		...part('Why', why),
		...steps,
		...example,
	];
}

function sinceOf(members: readonly SafeState[]): string {
	const now = Date.now();
	const first = earliest(members);
	const latest = Math.max(...members.map(({ since }) => since ?? 0));
	if (first === null) return 'not measured yet';
	const begin = formatMoment(first, now);
	const end = formatMoment(latest, now);
	return begin === end ? begin : `${begin} the first, ${end} the latest`;
}

/** `app-01, app-02, … and 48 more` */
export function membersThatFit(names: readonly string[], room: number): string {
	let text = '';
	for (const [index, name] of names.entries()) {
		const rest = ` … and ${names.length - index} more`;
		const next = text === '' ? name : `${text}, ${name}`;
		if (index > 0 && widthOf(next + rest) > room) return `${text},${rest}`;
		text = next;
	}
	return text;
}
