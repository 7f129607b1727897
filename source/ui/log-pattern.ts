import { createContext, Script } from 'node:vm';
import { messageOf } from '../domain/user-error.ts';

/**
 * What is searched for in a log. Plain text as it is typed; `/…/` is a regular expression; `!` in front means lines without it. Case
 * counts once a capital is in it. A regular expression can take for ever: it runs under a deadline.
 */
export type LogPattern = {
	/** As it was typed. */
	readonly text: string;
	readonly isInverted: boolean;
	/** Which of the texts match; null when that takes too long. */
	matches(texts: readonly string[]): readonly boolean[] | null;
	/** Where in a text the search finds something, each as start and end; for drawing. */
	rangesIn(text: string): ReadonlyArray<readonly [start: number, end: number]>;
};

export type ParsedPattern =
	| { readonly ok: true; readonly pattern: LogPattern }
	| { readonly ok: false; readonly reason: string };

const deadline = 300; // Milliseconds for some hundred lines, which take one or two.
/** A machine that has no time is no reason to give up. */
const tries = 2;

export function parsePattern(text: string): ParsedPattern {
	const isInverted = text.startsWith('!') && text.length > 1;
	const wanted = isInverted ? text.slice(1) : text;
	const written = /^\/(.+)\/$/.exec(wanted)?.[1];
	const source = written ?? wanted.replace(/[.*+?^${}()|[\]\\/]/g, String.raw`\$&`);
	try {
		const expression = new RegExp(source, hasCapital(source) ? 'gu' : 'giu');
		return { ok: true, pattern: patternOf(text, isInverted, expression, written !== undefined) };
	} catch (error) {
		// "Invalid regular expression: /(/giu: Unterminated group"
		return {
			ok: false,
			reason: messageOf(error)
				.replace(/^.*\/[a-z]*: /, '')
				.toLowerCase(),
		};
	}
}

/** Not counting what a backslash makes a class of, as in \S. */
function hasCapital(source: string): boolean {
	return /\p{Lu}/u.test(source.replace(/\\./gu, ''));
}

type Ranges = ReadonlyArray<readonly [number, number]>;

// What is on the screen is asked for with every frame.
const mostKnown = 500;

function patternOf(text: string, isInverted: boolean, expression: RegExp, isWritten: boolean): LogPattern {
	const known = new Map<string, Ranges>();
	let isTooSlow = false;
	const run = <Result>(task: 'test' | 'find', texts: readonly string[]): Result | null => {
		if (isTooSlow) return null;
		const found = isWritten
			? runGuarded<Result>(task, expression, texts)
			: (plainly[task](expression, texts) as Result);
		isTooSlow = found === null;
		return found;
	};
	return {
		text,
		isInverted,
		matches: (texts) => run<boolean[]>('test', texts)?.map((matches) => matches !== isInverted) ?? null,
		rangesIn(drawn) {
			if (isInverted) return [];
			let ranges = known.get(drawn);
			if (ranges === undefined) {
				ranges = run<Ranges[]>('find', [drawn])?.[0] ?? [];
				if (known.size >= mostKnown) known.clear();
				known.set(drawn, ranges);
			}
			return ranges;
		},
	};
}

const plainly = {
	test: (expression: RegExp, texts: readonly string[]) =>
		texts.map((text) => {
			expression.lastIndex = 0;
			return expression.test(text);
		}),
	find: (expression: RegExp, texts: readonly string[]) =>
		texts.map((text) =>
			[...text.matchAll(expression)].flatMap(({ index, 0: { length } }) =>
				length === 0 ? [] : [[index, index + length] as const],
			),
		),
};

// Made with the first regular expression that needs it. The functions are the same; only there they can be interrupted.
let guard: { readonly context: object; readonly scripts: Readonly<Record<'test' | 'find', Script>> } | undefined;

function runGuarded<Result>(task: 'test' | 'find', expression: RegExp, texts: readonly string[]): Result | null {
	guard ??= {
		context: createContext({ expression: null, texts: null }),
		scripts: {
			test: new Script(`(${plainly.test})(expression, texts)`),
			find: new Script(`(${plainly.find})(expression, texts)`),
		},
	};
	Object.assign(guard.context, { expression, texts });
	for (let left = tries; left > 0; left--) {
		try {
			return guard.scripts[task].runInContext(guard.context, { timeout: deadline }) as Result;
		} catch (error) {
			if ((error as NodeJS.ErrnoException).code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error;
		}
	}
	return null;
}
