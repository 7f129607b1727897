import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { decodedView } from '../../source/redact/text/text-view.ts';

/** A text of the corpus, and the canaries that were planted in it. */
export type Planted = { readonly text: string; readonly canaries: readonly string[] };

const read = (name: string) =>
	parse(readFileSync(new URL(`../../fixtures/corpus/${name}.yaml`, import.meta.url), 'utf8'));

const letters: Readonly<Record<string, string>> = {
	alnum: 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789',
	upper: 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567',
	digits: '0123456789',
	hex: '0123456789abcdef',
	hexupper: '0123456789ABCDEF',
};

const codes: Readonly<Record<string, (text: string) => string>> = {
	url: encodeURIComponent,
	base64: (text) => Buffer.from(text).toString('base64'),
	base64url: (text) => Buffer.from(text).toString('base64url'),
	utf16: (text) => Buffer.from(text, 'utf16le').toString('base64'),
	hexof: (text) => Buffer.from(text).toString('hex'),
	wrap: (text) => {
		const [width = '', ...rest] = text.split(' ');
		return (
			rest
				.join(' ')
				.match(new RegExp(`.{1,${width}}`, 'g'))
				?.join('\n') ?? ''
		);
	},
	combining: () => '\u0308',
};

/** Fills in «…», the innermost first. The same text has the same canaries in every run. */
export function plantText(source: string): Planted {
	const canaries: string[] = [];
	const draw = (kind: string, length: number) => {
		const from = letters[kind] ?? '';
		let canary = '';
		for (let round = 0; canary.length < length; round++) {
			const bytes = createHash('sha512').update(`${source} ${canaries.length} ${round}`).digest();
			canary += [...bytes].map((byte) => from[byte % from.length]).join('');
		}
		canaries.push(canary.slice(0, length));
		return canary.slice(0, length);
	};
	let text = source;
	for (let before = ''; before !== text; ) {
		before = text;
		text = text.replace(/«(\w+)(?: ([^«»]*))?»/g, (_, name: string, argument = '') => {
			if (name === 's') return draw('alnum', 20);
			return letters[name] === undefined ? (codes[name]?.(argument) ?? '') : draw(name, Number(argument));
		});
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

/** So many characters of a canary in a row are the canary. */
const telling = 8;

/** The canaries of which something can still be read in an output: as it is, over line ends, behind escapes, in base64 or in hexadecimal. */
export function survivors(output: string, canaries: readonly string[]): string[] {
	const open = (text: string) => [text, text.replace(/\s+/g, ''), decodedView(text)?.text ?? ''];
	const tokens = output.match(/[A-Za-z0-9+/_-]{8,}={0,2}/g) ?? [];
	const inner = tokens.flatMap((token) => [
		Buffer.from(token, 'base64').toString('latin1'),
		/^(?:[0-9a-f]{2})+$/i.test(token) ? Buffer.from(token, 'hex').toString('latin1') : '',
	]);
	const views = [...open(output), inner.join('\n')].join('\n').toLowerCase();
	return canaries.filter((canary) => {
		const lower = canary.toLowerCase();
		for (let at = 0; at + telling <= lower.length; at++) if (views.includes(lower.slice(at, at + telling))) return true;
		return false;
	});
}
