import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { decodedView } from '../../source/redact/text/text-view.ts';
import { codes, keyCodes, letters, likeAWord } from './corpus-codes.ts';

/** A text of the corpus, and the canaries that were planted in it. */
export type Planted = { readonly text: string; readonly canaries: readonly string[] };

const read = (name: string) =>
	parse(readFileSync(new URL(`../../fixtures/corpus/${name}.yaml`, import.meta.url), 'utf8'));

/** Fills in «…», the innermost first. The same text has the same canaries in every run. */
export function plantText(source: string): Planted {
	const canaries: string[] = [];
	const random = (round: number) => createHash('sha512').update(`${source} ${canaries.length} ${round}`).digest();
	const draw = (kind: string, length: number) => {
		const from = letters[kind] ?? '';
		let canary = '';
		for (let round = 0; canary.length < length; round++)
			canary += [...random(round)].map((byte) => from[byte % from.length]).join('');
		canaries.push(canary.slice(0, length));
		return canary.slice(0, length);
	};
	const fill = (name: string, argument: string) => {
		if (name === 's') return draw('alnum', 20);
		if (name === 'human') {
			canaries.push(likeAWord(random(0)));
			return canaries.at(-1) ?? '';
		}
		const key = keyCodes[name]?.(argument);
		if (key !== undefined) canaries.push(...key.secrets);
		if (key !== undefined) return key.text;
		return letters[name] === undefined ? (codes[name]?.(argument) ?? '') : draw(name, Number(argument));
	};
	let text = source;
	for (let before = ''; before !== text; ) {
		before = text;
		text = text.replace(/«(\w+)(?: ([^«»]*))?»/g, (_, name: string, argument = '') => fill(name, argument));
	}
	return { text, canaries };
}

export const secretNotations = (read('secret-notations') as string[]).map(plantText);
export const plantedSecrets = (read('secrets') as string[]).map(plantText);
export const innocentTexts = read('innocent') as string[];
const identities = read('identities') as { needles: string[]; safes: object[]; texts: string[] };
export const identityTexts = identities.texts.map((text) => plantText(text).text);
export const identityNeedles = identities.needles;
export const identitySafes = identities.safes;

/** What every entry of the three corpora below says of itself. */
type Origin = {
	/** What it is a sample of. */
	readonly kind: string;
	/** The program that prints it, or the page that shows it. */
	readonly source: string;
	/** What must still be in the text afterwards. */
	readonly keeps: readonly string[];
};

export type PrintedSecret = Planted & Origin;

/** A text, what of it hides the site or a stranger in a way of its own, and all that may not be left of it, `hides` and the site's names. */
export type DisguisedIdentity = Origin & {
	readonly text: string;
	readonly hides: readonly string[];
	readonly needles: readonly string[];
};

export type InnocentLine = Omit<Origin, 'keeps'> & { readonly text: string };

type Entry = { source: string; text: string; keeps?: string[]; hides?: string[] };
type Kinds = Record<string, Entry[]>;

const entriesOf = (kinds: Kinds) =>
	Object.entries(kinds).flatMap(([kind, entries]) =>
		entries.map(({ keeps = [], ...entry }) => ({ ...entry, kind, keeps: keeps.map((keep) => plantText(keep).text) })),
	);

/** Secrets as real programs print them, laid by someone who had not seen the patterns. */
export const readPrintedSecrets = () => readEntries('printed-secrets');

/** The same of more programs, laid later. */
export const readProgramOutput = () => readEntries('program-output');

const readEntries = (name: string): PrintedSecret[] =>
	entriesOf(read(name)).map(({ kind, source, text, keeps }) => {
		const planted = plantText(text);
		return { kind, source, keeps, text: planted.text, canaries: planted.canaries.flatMap((one) => notIn(keeps, one)) };
	});

/** The parts of a canary that the kept texts do not show too: a private key holds its public half. */
function notIn(keeps: readonly string[], canary: string): string[] {
	const shown = keeps.join('\n');
	const marks = [...canary].map(() => ' ');
	windows(canary, telling).forEach((part, at) => {
		if (shown.includes(part)) marks.fill('x', at, at + part.length);
	});
	if (!marks.includes('x')) return [canary];
	return [...marks.join('').matchAll(/ {20,}/g)].map(({ index, 0: gap }) => canary.slice(index, index + gap.length));
}

/** An inventory, and what names it, its company and strangers, in disguises that real programs print. */
export function readDisguisedIdentities(): { safes: object[]; texts: DisguisedIdentity[] } {
	const { safes, needles, texts } = read('disguised-identities') as {
		safes: object[];
		needles: string[];
		texts: Kinds;
	};
	return {
		safes,
		texts: entriesOf(texts).map((entry) => {
			const hides = (entry.hides ?? []).map((hide) => plantText(hide).text);
			return { ...entry, text: plantText(entry.text).text, hides, needles: [...needles, ...hides] };
		}),
	};
}

/** Lines of real programs that hold no secret and identify nobody: they stay as they are, redacted and masked. */
export const readInnocentLines = (): InnocentLine[] =>
	entriesOf(read('innocent-lines')).map(({ kind, source, text }) => ({ kind, source, text: plantText(text).text }));

/** So many characters of a canary in a row are the canary; of a shorter one, all. */
const telling = 8;

/** What base64 shows of a text whatever stands before it: three alignments, without the characters it shares with its neighbours. */
function inBase64(text: Buffer): string[] {
	return [0, 1, 2].map((shift) => {
		const encoded = Buffer.concat([Buffer.alloc(shift), text])
			.toString('base64')
			.replace(/=+$/, '');
		return encoded.slice(shift === 0 ? 0 : shift + 1, encoded.length - 1);
	});
}

/** The canaries of which something can still be read in an output: as it is, over line ends, behind escapes, in base64 (of UTF-16 too) or in hexadecimal. */
export function survivors(output: string, canaries: readonly string[]): string[] {
	const packed = output.replace(/\s+/g, '');
	const views = [...outerViews(output), ...innerViews(output)].join('\n').toLowerCase();
	const lower = canaries.map((canary) => canary.toLowerCase());
	const long = canaries.map((canary) => (canary.length < telling ? '' : canary));
	const plain = long.flatMap((canary) => inBase64(Buffer.from(canary)));
	const wide = long.flatMap((canary) => inBase64(Buffer.from(canary, 'utf16le')));
	const found = shared(views, lower, telling);
	for (const index of [...shared(packed, plain, 12), ...shared(packed, wide, 24)]) found.add(Math.floor(index / 3));
	return canaries.filter((_, index) => found.has(index));
}

/** The places of the texts that have so many characters in a row in common with a view: all of a shorter one. */
function shared(view: string, texts: readonly string[], size: number): Set<number> {
	const found = new Set<number>();
	const owners = new Map<string, number[]>();
	texts.forEach((text, index) => {
		if (text.length < size && text !== '' && view.includes(text)) found.add(index);
		if (text.length < size) return;
		for (const part of windows(text, size)) {
			const known = owners.get(part);
			if (known === undefined) owners.set(part, [index]);
			else known.push(index);
		}
	});
	for (let at = 0; at + size <= view.length; at++)
		for (const index of owners.get(view.slice(at, at + size)) ?? []) found.add(index);
	return found;
}

/** The needles that can still be read whole in an output. Short ones are not looked for in what was decoded: chance has them there. */
export function identitiesLeft(output: string, needles: readonly string[]): string[] {
	const plain = (text: string) => text.normalize('NFC').toLowerCase();
	const [outer, inner] = [plain(outerViews(output).join('\n')), plain(innerViews(output).join('\n'))];
	return needles.filter((needle) => {
		const form = plain(needle);
		return outer.includes(form) || (form.length >= 6 && inner.includes(form));
	});
}

/** As it is, without blanks and line ends, and without its escapes. */
function outerViews(output: string): string[] {
	return [output, output.replace(/[\s\u200b]+/g, ''), decodedView(output)?.text ?? ''];
}

/** What stands in tokens of base64 and of hexadecimal: plain, of UTF-16, and in tokens within them. */
function innerViews(output: string): string[] {
	const inner = insideTokens(output);
	return [inner, inner.replaceAll('\0', ''), insideTokens(inner)];
}

/** What tokens of base64 and of hexadecimal hold, a line each. */
function insideTokens(text: string): string {
	const tokens = text.match(/[A-Za-z0-9+/_-]{8,}={0,2}/g) ?? [];
	const inner = tokens.flatMap((token) => [
		Buffer.from(token, 'base64').toString('latin1'),
		/^(?:[0-9a-f]{2})+$/i.test(token) ? Buffer.from(token, 'hex').toString('latin1') : '',
	]);
	return inner.join('\n');
}

function windows(text: string, size: number): string[] {
	if (text.length <= size) return [text];
	return Array.from({ length: text.length - size + 1 }, (_, at) => text.slice(at, at + size));
}
