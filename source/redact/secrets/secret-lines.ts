import { cleanText } from '../../domain/clean.ts';
import { createWrapWatch } from './line-wrapped-secrets.ts';
import { removedKey, removedSecret, removeLineSecrets, removePlainSecrets } from './secrets.ts';

const keyBegins = /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----|PuTTY-User-Key-File-\d+:/;
const keyEnds = /-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----|Private-MAC:/;
/** -----BEGIN as base64 writes it. */
const encodedKeyBegins = /(?<![A-Za-z0-9+/])LS0tLS1CRUdJTi[A-Za-z0-9+/]{8,}={0,2}\s*$/;
const onlyBase64 = /^\s*[A-Za-z0-9+/]{2,}={0,2}\s*$/;
/** The lines of a PuTTY key that was cut in its middle. */
const privateLines = /^\s*Private-Lines: (\d{1,3})\s*$/;
/** A line of a key whose beginning was never seen: as long as OpenSSL, OpenSSH and MIME make them, and of all kinds of characters. */
const keyLine = /^\s*(?=\S*[a-z])(?=\S*[A-Z])(?=\S*\d)(?:[A-Za-z0-9+/]{64}|[A-Za-z0-9+/]{70}|[A-Za-z0-9+/]{76})\s*$/;
const openBlock = /-----BEGIN (?![A-Z0-9 ]{0,40}PRIVATE)/;
const openBlockEnds = /-----END /;

const name = String.raw`(?:passw(?:or)?d|passphrase|secret|token|api[-_]?key|access[-_]?key|private[-_]?key|authorization|cookie)[\w.-]{0,80}`;
/** `"password":` and nothing else; `--password \\`: the value is on the next line. */
const valueComes = new RegExp(String.raw`${name}(?:\\?["']\s{0,64}:|\s{0,64}(?:=|:=|=>|[:=]?\s*\\))\s*\\?\s*$`, 'i');
const headerComes = /^\s*(?:proxy-)?(?:authorization|cookie|set-cookie)\s{0,8}:\s*$/i;
/** `password: |`: the value is what is indented below (YAML 1.2.2, section 8.1). */
const blockComes = new RegExp(
	String.raw`^(\s*)(?:- )?["']?[\w.-]{0,80}${name}["']?\s{0,64}:\s{0,64}[|>][-+\d]{0,2}\s*$`,
	'i',
);

const lengthsOfKeyLines = [64, 70, 76];

/** Cheap, for each line is asked: whether it may begin what goes over several, or be a piece of it. */
function mayGoOn(line: string): boolean {
	if (line.includes('-----') || line.includes('PuTTY') || line.includes('LS0tLS') || line.includes('Private-L'))
		return true;
	const bare = line.trimEnd();
	const last = bare.charAt(bare.length - 1);
	return ':\\=|>+-"0123456789'.includes(last)
		? mayGoOnAfter(last, bare)
		: lengthsOfKeyLines.includes(bare.trimStart().length);
}

function mayGoOnAfter(last: string, bare: string): boolean {
	return (
		':\\=|>'.includes(last) || /[|>][-+\d]{1,2}$/.test(bare) || lengthsOfKeyLines.includes(bare.trimStart().length)
	);
}

/** A private key or a block that never ends must not swallow the log: no key file has more lines than this. */
const longestKeyLines = 120;

/**
 * Takes secrets out of a stream of lines, also those that go over several. Returns null for a line that is nothing else, so that the
 * caller can leave it out; the line on which a key began says what was removed.
 */
export function createSecretRemover(): (line: string) => string | null {
	const remove = createKeyRemover();
	const wraps = createWrapWatch();
	return (line) => {
		const safe = remove(wraps.withoutRest(line));
		if (safe !== null) wraps.look(line, safe);
		return safe;
	};
}

function createKeyRemover(): (line: string) => string | null {
	let inside: { readonly ends: (line: string) => boolean; readonly keepsEnd: boolean; left: number } | null = null;
	let expects: 'value' | 'line' | null = null;
	let isOpenBlock = false;

	const begin = (ends: (line: string) => boolean, keepsEnd: boolean, left = longestKeyLines) => {
		inside = { ends, keepsEnd, left };
	};

	return (line) => {
		if (inside !== null) {
			const { ends, keepsEnd } = inside;
			inside.left--;
			const isOver = ends(line) || inside.left < 0;
			if (!isOver) return null;
			inside = null;
			// What follows a key on its last line is no part of it.
			const end = keepsEnd ? null : keyEnds.exec(line);
			if (end !== null) {
				const rest = line.slice(end.index + end[0].length).trim();
				return rest === '' || end[0] === 'Private-MAC:' ? null : removeLineSecrets(rest);
			}
		}
		if (expects !== null) {
			const whole = expects === 'line';
			expects = null;
			if (whole && /^\s/.test(line)) return line.replace(/\S.*/, removedSecret);
			if (!whole) return removeLineSecrets(line.replace(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[^\s,;]+/, removedSecret));
		}
		if (!mayGoOn(line) && !isOpenBlock) return removeLineSecrets(line);
		const start = keyBegins.exec(line);
		if (start !== null && !keyEnds.test(line.slice(start.index))) {
			begin((next) => keyEnds.test(next), false);
			return removeLineSecrets(line.slice(0, start.index)) + removedKey;
		}
		if (encodedKeyBegins.test(line)) {
			begin((next) => !onlyBase64.test(next), true);
			return line.replace(encodedKeyBegins, removedKey);
		}
		const lines = privateLines.exec(line)?.[1];
		if (lines !== undefined) {
			begin(() => false, true, Number(lines));
			return removedKey;
		}
		const block = blockComes.exec(line);
		if (block !== null) {
			const indent = (block[1] ?? '').length;
			begin((next) => next.trim() !== '' && (/^\s*/.exec(next)?.[0].length ?? 0) <= indent, true);
			return `${line.replace(/[|>][-+\d]{0,2}\s*$/, '')}${removedSecret}`;
		}
		if (isOpenBlock) isOpenBlock = !openBlockEnds.test(line);
		else if (openBlock.test(line)) isOpenBlock = !openBlockEnds.test(line);
		else if (keyLine.test(line)) return removedSecret;
		if (headerComes.test(line)) expects = 'line';
		else if (valueComes.test(line)) expects = 'value';
		return removeLineSecrets(line);
	};
}

/** What a line of a key ends with, also behind the time and the words of a logger. */
const tailLine = /(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{16,}={0,2}\s*$/;

/** A key that begins above the text: what is left of it stands above its end. */
function removeKeyTails(lines: readonly string[]): string[] {
	const kept: string[] = [];
	for (const line of lines) {
		if (!keyEnds.test(line) || keyBegins.test(line)) {
			kept.push(line);
			continue;
		}
		for (let most = longestKeyLines; most > 0 && tailLine.test(kept.at(-1) ?? ''); most--) kept.pop();
		kept.push(removedKey);
	}
	return kept;
}

/** A whole text without its secrets; one private key that never ends takes the rest with it. */
export function removeSecrets(text: string): string {
	if (!text.includes('\n')) return removeLineSecrets(text);
	const remove = createSecretRemover();
	const wraps = createWrapWatch();
	const whole = text.split('\n').map((line) => {
		const open = wraps.withoutRest(line);
		wraps.look(line, removePlainSecrets(open));
		return open;
	});
	return removeKeyTails(removePlainSecrets(whole.join('\n')).split('\n'))
		.flatMap((line) => remove(line) ?? [])
		.join('\n');
}

/** Foreign text as evidence keeps it: harmless and without secrets. */
export function cleanForeign(text: string): string {
	return removeSecrets(cleanText(text));
}
