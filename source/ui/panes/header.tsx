import { useEffect, useState } from 'react';
import { ownName } from '../../domain/own-name.ts';
import { formatClock, zoneName } from '../../domain/time.ts';
import { type Verdict, verdictsWorstFirst } from '../../domain/verdict.ts';
import type { Session } from '../../engine/session/session.ts';
import { countSafes } from '../../report/check-report.ts';
import { verdictGlyphs } from '../../report/glyphs.ts';
import { masked } from '../masking.ts';
import { Rows } from '../rows.tsx';
import { bookOf, countUnmeasured, type SafeBook } from '../safe-book.ts';
import { useScreen, useStore } from '../screen.ts';
import { paint, paintMaybe, type Theme, verdictStyles } from '../theme.ts';
import { truncate, widthOf } from '../width.ts';

/** Letters of the host that say something. */
const fewLetters = 4;
/** A sweep that is over sooner needs no progress. */
const progressAfterMs = 500;

/** The first line: where this runs and as whom, how many Safes of each verdict, how far the sweep is, what holds for all of the screen. */
export function Header({ columns }: { columns: number }) {
	const { engine, theme, title, view, isReadOnly } = useScreen();
	const session = useStore(engine.session, (state) => state);
	const isLong = useIsLong(session.sweep.running);
	const isMasked = useStore(view, (state) => state.isMasked);
	const marks = [
		...(isMasked ? ['MASKED'] : []),
		...(isReadOnly ? ['READ-ONLY'] : []),
		...(session.notShared.length > 0 ? ['NOT SHARED'] : []),
	];
	const about = { title, user: userName(), marks, hasProgress: isLong || session.sweep.finishedAt === null };
	return <Rows lines={[headerLine(theme, about, session, columns)]} columns={columns} height={1} />;
}

function useIsLong(running: boolean): boolean {
	const [isLong, setLong] = useState(false);
	useEffect(() => {
		if (!running) return setLong(false);
		const timer = setTimeout(() => setLong(true), progressAfterMs);
		return () => clearTimeout(timer);
	}, [running]);
	return running && isLong;
}

let user: string | null | undefined;

function userName(): string | null {
	if (user === undefined) user = ownName();
	return user;
}

export type About = {
	/** Before the host; may be empty. */
	readonly title: string;
	readonly user: string | null;
	/** `MASKED`, `READ-ONLY`, `NOT SHARED` */
	readonly marks: readonly string[];
	/** A sweep under way is told of. */
	readonly hasProgress: boolean;
};

export function headerLine(theme: Theme, about: About, session: Session, columns: number): string {
	const { safes, measuredFrom } = session;
	const book = bookOf(safes);
	const progress = progressOf(session, about.hasProgress);
	const { all, some } = countsOf(book);
	// A machine may be called as a word of ours is: alone it is known as a name.
	const host = masked(measuredFrom);
	const where = about.title === '' ? host : `${about.title} on ${host}`;
	const as = about.user === null ? '' : ` as ${masked(about.user)}`;
	const marks = about.marks.join('  ');
	const room = columns - 1;
	const widthOfAll = (texts: readonly string[]) =>
		texts.reduce((sum, text) => sum + (text === '' ? 0 : widthOf(text) + 3), 0);
	const countsText = (counts: readonly Count[]) =>
		counts.map(({ sign, count }) => `${verdictGlyphs[sign]} ${count}`).join('  ');
	// What there is no room for is left out, the least needed first; where that is not enough, the host is cut.
	const size = ` · ${countSafes(book.summary.safes)}`;
	const brief = progress.replace(/^sw(?:ept|eep) /, '');
	const variants = [
		{ who: `${where}${as}`, size, counts: all, progress },
		{ who: where, size, counts: all, progress },
		{ who: where, size, counts: some, progress },
		{ who: where, size, counts: some, progress: brief },
		{ who: where, size: '', counts: some, progress: brief },
	].map((variant) => ({ ...variant, rest: widthOfAll([countsText(variant.counts), variant.progress, marks]) }));
	const lead = 'vpmon ';
	// A few letters of the host are better than none of them.
	const fits = ({ who, size: text, rest }: (typeof variants)[number], least: number) =>
		1 + widthOf(lead + text) + Math.min(widthOf(who), least) + rest <= room;
	const chosen =
		variants.find((variant) => variant.size !== '' && fits(variant, room)) ??
		variants.slice(-2).find((variant) => fits(variant, fewLetters));
	const { who, counts, rest, ...shown } = chosen ?? (variants.at(-1) as (typeof variants)[number]);
	const whoColumns = room - 1 - widthOf(lead + shown.size) - rest;
	const painted = counts.map(({ sign, count }) => {
		const text = `${verdictGlyphs[sign]} ${count}`;
		return count === 0 ? paint(theme, 'dim', text) : paintMaybe(theme, verdictStyles[sign], text);
	});
	return [
		` ${paint(theme, 'bold', 'vpmon')} ${truncate(who, whoColumns)}${shown.size}`.trimEnd(),
		painted.join('  '),
		paint(theme, 'dim', shown.progress),
		paint(theme, 'bold', marks),
	]
		.filter((text) => text !== '')
		.join('   ');
}

type Count = { readonly sign: Verdict; readonly count: number };

/** What was never measured is counted apart from what could not be measured. */
function countsOf(book: SafeBook): Readonly<Record<'all' | 'some', readonly Count[]>> {
	const { summary } = book;
	const waiting = countUnmeasured(book);
	const all: readonly Count[] = verdictsWorstFirst.map((verdict) => ({
		sign: verdict,
		count: verdict === 'unknown' ? summary.unknown - waiting : summary[verdict],
	}));
	const more: readonly Count[] = waiting === 0 ? [] : [{ sign: 'running', count: waiting }];
	return { all: [...all, ...more], some: [...all.filter(({ count }) => count > 0), ...more] };
}

function progressOf({ sweep }: Session, hasProgress: boolean): string {
	if (sweep.running && hasProgress) return `sweep ${sweep.done} of ${sweep.total}`;
	return sweep.finishedAt === null
		? ''
		: `swept ${formatClock(sweep.finishedAt).slice(0, 5)} ${zoneName(sweep.finishedAt)}`;
}
