import { isInnocentValue, isStateWord, looksChosen } from './innocent-values.ts';
import { frameOf, type LineFrame, ownTextAt, withinFrame } from './line-frame.ts';
import { namesItself } from './named-values.ts';
import { findSecretNames } from './secret-names.ts';
import { mayNameSecret, type NameKind } from './secret-words.ts';
import { removedSecret } from './spans.ts';
import { isDrawn } from './table-columns.ts';

/** `"password":` and nothing else; `--password \`; `the password is:`; `<password>`: the value is on the next line. */
const comesNext =
	/^(?:\\{0,3}["'`]|\]){0,2}\s{0,64}(?:(?:is|are|ist|sind|est|sont|es|son|jest|lautet)\s{0,4}:?|=>|:=|[:=]|[:=]?\s{0,8}\\|>)\s{0,8}\\?\s*$/i;
/** `password: |`: the value is what is indented below (YAML 1.2.2, section 8.1). */
const blockComes = /^["']?\s{0,64}:\s{0,64}[|>][-+\d]{0,2}\s*$/;
/** `use the following password to go on:`: the value stands alone below. */
const sentenceComes = /^(?:s?\s[^=:\n]{0,100})?:\s*$/;
/** Commands and prompts that are answered on the next line: pass(1), SMTP's AUTH LOGIN (RFC 4954). */
const answered =
	/(?:^|\s)auth-user-pass\s*$|(?:^|\s)(?:[$#>] )?pass show \S{1,200}\s*$|\b334 [A-Za-z0-9+/]{0,40}={0,2}\s*$/;
/** After a name that is itself a value: nothing more of interest. */
const nothingElse = /^(?:\\{0,3}["'`])?\s{0,8}(?:,|\{|<\/[\w:-]{1,40}>|\/>)?\s*$/;
const pairValue =
	/^(.*?(?:^|[^\w])(?:\w{0,30}values?|val|content|string(?:value)?|data|v|default(?:value)?)\\{0,3}["'`]?(?:\s{0,8}(?:=>|[:=])\s{0,8}|>\s{0,8}|\s{2,24}))(?=\S)/i;
const names = /(?:^|[^\w])(?:name|key|id|header|field|property)\\{0,3}["'`]?\s{0,8}[:=>]/i;

type Awaited = {
	readonly what: 'value' | 'sentence' | 'header' | 'phrase' | 'block' | 'pair' | 'title' | 'codes';
	readonly frame: LineFrame;
	/** The line with the name. */
	readonly above: string;
	readonly isAlone: boolean;
	readonly indent: number;
	readonly left: number;
};

const usualLines = 3;
/** How far from the end of its line a name is that is all that a line tells. Characters. */
const lastName = 48;
const mostBlockLines = 60;
const mostCodes = 20;
const indentOf = (text: string) => /^\s*/.exec(text)?.[0].length ?? 0;

/** `"value": "…"` alone on its line, its name perhaps below. */
const loneValue = /^(\s*["']?value["']?\s{0,4}:\s{0,4}["'])([^"'\s]{8,200})(["'],?\s*)$/i;

/** Takes out the value that stands on the line below its name. What a line has is looked at as it came in. */
export function createNextLineWatch(): (line: string) => string {
	let awaited: Awaited | null = null;
	return (line) => {
		const before = awaited;
		const taken = before === null ? null : take(line, before);
		const result = taken ?? withoutLoneValue(line);
		const next = announced(line);
		awaited = next ?? (before === null ? null : stillAwaited(line, taken, before));
		if (before?.what === 'title') awaited = isDrawn(line) ? { ...before, what: 'value', left: usualLines } : next;
		return next?.what === 'block' ? `${result.replace(/[|>][-+\d]{0,2}\s*$/, '')}${removedSecret}` : result;
	};
}

function withoutLoneValue(line: string): string {
	if (!line.includes('alue')) return line;
	return line.replace(loneValue, (whole, before: string, value: string, after: string) =>
		looksChosen(value, 8) ? before + removedSecret + after : whole,
	);
}

/** What goes over more lines, or did not come yet. */
function stillAwaited(line: string, taken: string | null, before: Awaited): Awaited | null {
	if (before.left <= 1) return null;
	const goesOn =
		taken === null
			? before.what === 'sentence'
			: before.what === 'block' || before.what === 'codes' || taken === line || /^\s*- /.test(line);
	return goesOn ? { ...before, left: before.left - 1 } : null;
}

/** Whether a value is to come below. */
function announced(line: string): Awaited | null {
	const bare = line.trimEnd();
	const end = bare.slice(-280);
	const isEnd = isPlain(bare.charAt(bare.length - 1)) && !/[|>][-+\d]{1,2}$/.test(end);
	const waitFor = (what: Awaited['what'], at: number, left = usualLines): Awaited => {
		const lead = /[\s"'`<\\-]*$/.exec(line.slice(0, at))?.[0].length ?? 0;
		const isAlone = !/[A-Za-z0-9]/.test(line.slice(0, at));
		return { what, frame: frameOf(line, at - lead, line.length), above: line, isAlone, indent: indentOf(line), left };
	};
	if (isEnd && answered.test(end)) return waitFor(end.endsWith('user-pass') ? 'sentence' : 'value', 0, 2);
	if (isEnd && !mayNameSecret.test(bare.slice(-lastName).toLowerCase())) return null;
	let found: Awaited | null = null;
	for (const secret of findSecretNames(line)) {
		const { start, kind, name } = secret;
		const rest = line.slice(secret.end);
		if (rest.length > 120 || kind === 'weak' || secret.isAbout || rest.startsWith(' removed]')) continue;
		if (isEnd && rest.trim() !== '' && !verbComes.test(rest)) continue;
		if (isEnd && rest.trim() === '') {
			if (titleBefore.test(line.slice(Math.max(0, start - longestTitle), start)) || namesItself(line, secret))
				found = { ...waitFor('title', start, 1), isAlone: true };
			if (!namesItself(line, secret)) continue;
		}
		if (blockComes.test(rest)) return waitFor('block', start, mostBlockLines);
		if (namesItself(line, secret) && nothingElse.test(rest)) found = waitFor('pair', start);
		else if (comesNext.test(rest)) {
			const what = whatOf(kind, name);
			found = waitFor(what, start, what === 'codes' ? mostCodes : usualLines);
		} else if (sentenceComes.test(rest) && inSentences.test(name)) found = waitFor('sentence', start);
	}
	return found;
}

const verbComes = /^\s(?:is|are|ist|sind|lautet|est|sont|es|son|jest|to)\s*$/i;
/** A title has a word or two before it; what a logger writes may stand in front. */
const titleBefore =
	/(?:^|["'(]|\b(?:TRACE|DEBUG|INFO|NOTICE|WARN|WARNING|ERROR|FATAL)\s|[|\]:>"'-]\s|\s{2})\s*(?:[\p{L}.-]{1,16} ){0,4}$/u;

/** Of what stands before the name. Characters. */
const longestTitle = 100;

const inSentences = /pass|secret|token|kennw|contrase|has[łl]|mdp|psk/i;

function whatOf(kind: NameKind, name: string): Awaited['what'] {
	if (/phrase|mnemonic/i.test(name)) return 'phrase';
	if (/codes$/i.test(name)) return 'codes';
	return kind === 'rest' ? 'header' : 'value';
}

/** Letters, digits and most signs: then a name has to be the last word. */
function isPlain(character: string): boolean {
	return !/[:=\\|>+\-,"'`{]/.test(character);
}

/** The line without the value that was waited for; as it is while that may still come; null where it does not come any more. */
function take(line: string, { what, frame, above, isAlone, indent }: Awaited): string | null {
	const within = withinFrame(frame, line);
	const start = within?.start ?? ownTextAt(above, line);
	const text = line.slice(start, within?.end ?? line.length);
	if (text.trim() === '') return line;
	if (what === 'block')
		return indentOf(line) > indent || (within !== null && indentOf(text) > 1) ? replaceText(line, start, text) : null;
	if (what === 'pair') return takePair(line);
	if (what === 'header')
		return /^\s/.test(line) || (within !== null && /^\s/.test(text)) ? replaceText(line, start, text) : null;
	if (what === 'phrase' && /^\s*(?:[a-z]{3,10} ){3,}[a-z]{3,10}\s*$/.test(text)) return replaceText(line, start, text);
	if (what === 'codes') return onlyCodes.test(text) ? replaceText(line, start, text) : null;
	if (what === 'title') return null;
	if (what === 'sentence') return takeValue(line, start, text, false);
	return takeValue(line, start, text, isAlone || (within !== null && /[A-Za-z0-9]/.test(line.slice(0, start))));
}

/** Recovery codes: several of digits, or of short groups with digits among them. */
const onlyCodes = /^[\s*•\d.)-]{0,6}(?:(?=[a-z-]{0,40}\d)[a-z0-9]{3,16}(?:[- ][a-z0-9]{3,16}){0,7}[\s,]{0,8}){1,10}$/i;

function replaceText(line: string, start: number, text: string): string {
	return line.slice(0, start) + text.replace(/\S.*/, removedSecret) + line.slice(start + text.length);
}

function takeValue(line: string, start: number, text: string, isSure: boolean): string | null {
	const lead = /^\s*(?:- )?\s*(?:string\(\d{1,6}\)\s)?/.exec(text)?.[0].length ?? 0;
	const quoted = /^(\\{0,3}["'`])(.*?)(?:\1|$)/.exec(text.slice(lead));
	if (quoted !== null) {
		const [, quote = '', inner = ''] = quoted;
		if (isInnocentValue(inner) || inner === '') return null;
		const from = start + lead + quote.length;
		return line.slice(0, from) + removedSecret + line.slice(from + inner.length);
	}
	const value = /^\S+/.exec(text.slice(lead))?.[0] ?? '';
	const rest = text.slice(lead + value.length).trim();
	const isOnly = rest === '' || /^(?:\\|[,;]|--?\w.*|<\/.*)$/.test(rest);
	if (!isOnly || /[:{[(]$/.test(value) || isInnocentValue(value) || isStateWord(value)) return null;
	if (!isSure && !looksChosen(value, 5)) return null;
	const inner = value.replace(/[,;]$/, '').replace(/<\/[\w:-]+>$/, '');
	return line.slice(0, start + lead) + removedSecret + line.slice(start + lead + inner.length);
}

function takePair(line: string): string | null {
	if (/valueFrom|ValueFrom|secretKeyRef/.test(line)) return null;
	const found = pairValue.exec(line);
	if (found === null) return names.test(line) ? null : line;
	const at = found[1]?.length ?? 0;
	return takeValue(line, at, line.slice(at), true) ?? replaceRest(line, at);
}

/** Values of several words. */
function replaceRest(line: string, at: number): string | null {
	const rest = line.slice(at);
	return isInnocentValue(rest.trim()) ? null : line.slice(0, at) + removedSecret;
}
