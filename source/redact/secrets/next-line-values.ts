import { isInnocentValue, isStateWord, looksChosen } from './innocent-values.ts';
import { frameOf, type LineFrame, ownTextAt, withinFrame } from './line-frame.ts';
import { findSecretNames, namesItself } from './named-values.ts';
import { mayNameSecret } from './secret-words.ts';
import { removedSecret } from './spans.ts';

/** `"password":` and nothing else; `--password \`; `the password is:`; `<password>`: the value is on the next line. */
const comesNext =
	/^(?:\\{0,3}["'`]|\]){0,2}\s{0,64}(?:(?:is|ist|est|es|jest|lautet)\s{0,4}:?|=>|:=|[:=]|[:=]?\s{0,8}\\|>)\s{0,8}\\?\s*$/i;
/** `password: |`: the value is what is indented below (YAML 1.2.2, section 8.1). */
const blockComes = /^["']?\s{0,64}:\s{0,64}[|>][-+\d]{0,2}\s*$/;
/** After a name that is itself a value: nothing more of interest. */
const nothingElse = /^(?:\\{0,3}["'`])?\s{0,8}(?:,|<\/[\w:-]{1,40}>|\/>)?\s*$/;
const pairValue =
	/^(.*?(?:^|[^\w])(?:values?|val|content|string(?:value)?|data|v|default(?:value)?)\\{0,3}["'`]?(?:\s{0,8}(?:=>|[:=])|>)\s{0,8})(?=\S)/i;
const names = /(?:^|[^\w])(?:name|key|id|header|field|property)\\{0,3}["'`]?\s{0,8}[:=>]/i;

type Awaited = {
	readonly what: 'value' | 'header' | 'phrase' | 'block' | 'pair';
	readonly frame: LineFrame;
	/** The line with the name. */
	readonly above: string;
	readonly isAlone: boolean;
	readonly indent: number;
	left: number;
};

const usualLines = 3;
/** How far from the end of its line a name is that is all that a line tells. Characters. */
const lastName = 48;
const mostBlockLines = 60;
const indentOf = (text: string) => /^\s*/.exec(text)?.[0].length ?? 0;

/** Takes out the value that stands on the line below its name. What a line has is looked at as it came in. */
export function createNextLineWatch(): (line: string) => string {
	let awaited: Awaited | null = null;

	return (line) => {
		const before = awaited;
		awaited = null;
		let result = line;
		if (before !== null) {
			const taken = take(line, before);
			if (taken !== null) {
				result = taken;
				if (before.left > 1 && (before.what === 'block' || taken === line || /^\s*- /.test(line)))
					awaited = { ...before, left: before.left - 1 };
			}
		}
		return announce(result, line) ?? result;
	};

	/** Whether a value is to come below; the line itself where something of it goes at once. */
	function announce(result: string, line: string): string | null {
		const bare = line.trimEnd();
		const last = bare.charAt(bare.length - 1);
		const isEnd = isPlain(last) && !/[|>][-+\d]{1,2}$/.test(bare.slice(-3));
		if (isEnd && !mayNameSecret.test(bare.slice(-lastName).toLowerCase())) return null;
		const lower = line.toLowerCase();
		for (const secret of findSecretNames(line, lower)) {
			const rest = line.slice(secret.end);
			if (rest.length > 120 || secret.kind === 'weak' || (isEnd && rest.trim() !== '')) continue;
			const isAlone = !/[A-Za-z0-9]/.test(line.slice(0, secret.start));
			const indent = indentOf(line);
			const add = (what: Awaited['what'], left = usualLines) => {
				const lead = /[\s"'`<\\-]*$/.exec(line.slice(0, secret.start))?.[0].length ?? 0;
				const frame = frameOf(line, secret.start - lead, line.length);
				awaited = { what, frame, above: line, isAlone, indent, left };
			};
			if (blockComes.test(rest)) {
				add('block', mostBlockLines);
				return `${result.replace(/[|>][-+\d]{0,2}\s*$/, '')}${removedSecret}`;
			}
			if (namesItself(line, secret) && nothingElse.test(rest)) add('pair');
			else if (comesNext.test(rest)) {
				if (secret.kind === 'rest') add(/phrase|mnemonic/i.test(secret.name) ? 'phrase' : 'header');
				else add(/phrase/i.test(secret.name) ? 'phrase' : 'value');
			}
		}
		return null;
	}
}

/** Letters, digits and most signs: then a name has to be the last word. */
function isPlain(character: string): boolean {
	return !/[:=\\|>+\-,"'`]/.test(character);
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
	return takeValue(line, start, text, isAlone || (within !== null && /[A-Za-z0-9]/.test(line.slice(0, start))));
}

function replaceText(line: string, start: number, text: string): string {
	return line.slice(0, start) + text.replace(/\S.*/, removedSecret) + line.slice(start + text.length);
}

function takeValue(line: string, start: number, text: string, isSure: boolean): string | null {
	const lead = /^\s*(?:- )?\s*/.exec(text)?.[0].length ?? 0;
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
