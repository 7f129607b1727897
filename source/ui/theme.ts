import type { ConnectorStatus } from '../domain/check.ts';
import type { Verdict } from '../domain/verdict.ts';
import { steady } from './steady.ts';
import { widthOf } from './width.ts';

/** How the screen is drawn: 16 colours that every terminal and background has, or none, and signs for terminals without UTF-8. */
export type Theme = {
	readonly color: boolean;
	readonly ascii: boolean;
};

export type Style = 'bold' | 'dim' | 'underline' | 'inverse' | 'red' | 'green' | 'yellow' | 'cyan';

/** ECMA-48 SGR parameters, on and off. */
const sgr: Readonly<Record<Style, readonly [number, number]>> = {
	bold: [1, 22],
	dim: [2, 22],
	underline: [4, 24],
	inverse: [7, 27],
	red: [31, 39],
	green: [32, 39],
	yellow: [33, 39],
	cyan: [36, 39],
};

const firstColor = 30;

/** Text that cannot end or start a style by itself; foreign text must have been cleaned before. */
export function paint(theme: Theme, style: Style, text: string): string {
	if (text === '') return text;
	const [on, off] = sgr[style];
	// NO_COLOR is about colours: what is selected, focused or beside the point is still seen.
	if (!theme.color && on >= firstColor) return text;
	return `\u001b[${on}m${text}\u001b[${off}m`;
}

export const verdictStyles: Readonly<Record<Verdict, Style | null>> = {
	pass: 'green',
	warn: 'yellow',
	fail: 'red',
	skip: 'dim',
	unknown: 'yellow',
	untested: 'cyan',
	running: 'cyan',
};

export const statusStyles: Readonly<Record<ConnectorStatus, Style | null>> = {
	online: 'green',
	degraded: 'yellow',
	offline: 'red',
	'needs-recovery': 'red',
	unknown: 'yellow',
};

export function paintMaybe(theme: Theme, style: Style | null, text: string): string {
	return style === null ? text : paint(theme, style, text);
}

const asciiSigns: Readonly<Record<string, string>> = {
	'✔': '+',
	'✖': 'x',
	'–': '-',
	'…': '~',
	'↻': '@',
	'▏': '_',
	'○': 'o',
	'●': '*',
	'◐': 'd',
	'◌': 'n',
	'▶': '>',
	'─': '-',
	'│': '|',
	'→': '>',
	'·': '-',
};

/** A finished line for this terminal: every sign has a stand-in of the same width, what else is not ASCII becomes `?` or `??`. */
export function forTerminal(theme: Theme, line: string): string {
	if (!/[^\u0000-\u007f]/.test(line)) return line;
	const shown = steady(line);
	return theme.ascii
		? shown.replace(/[^\u0000-\u007f]/gu, (sign) => asciiSigns[sign] ?? '?'.repeat(widthOf(sign)))
		: shown;
}

/** What the environment says about the terminal: NO_COLOR (no-color.org), and a locale without UTF-8. */
export function themeOf(environment: NodeJS.ProcessEnv, flags: { ascii: boolean }): Theme {
	const { NO_COLOR: noColor, LC_ALL: all, LC_CTYPE: ctype, LANG: lang } = environment;
	const locale = all || ctype || lang || '';
	// An empty locale is POSIX in name, but terminals that set none are UTF-8 nowadays; only one that says otherwise is believed.
	const isUtf8 = locale === '' || /utf-?8/i.test(locale);
	return { color: !noColor, ascii: flags.ascii || !isUtf8 };
}
