import { bodyCanary, jsonWebKey, keyForm, keyText, opensslText, publicHalf, rsaXml } from './corpus-keys.ts';

// What may stand in «…» in the corpora.

export const letters: Readonly<Record<string, string>> = {
	alnum: 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789',
	upper: 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567',
	digits: '0123456789',
	hex: '0123456789abcdef',
	hexupper: '0123456789ABCDEF',
};

export const codes: Readonly<Record<string, (text: string) => string>> = {
	url: encodeURIComponent,
	base64: (text) => Buffer.from(text).toString('base64'),
	base64url: (text) => Buffer.from(text).toString('base64url'),
	utf16: (text) => Buffer.from(text, 'utf16le').toString('base64'),
	hexof: (text) => Buffer.from(text).toString('hex'),
	octal: (text) => [...Buffer.from(text)].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join(''),
	hexdump: (text) => hexdump(Buffer.from(text)),
	json: (text) => JSON.stringify(text).slice(1, -1),
	unicode: (text) => [...text].map((char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`).join(''),
	entities: (text) => [...text].map((char) => `&#${char.charCodeAt(0)};`).join(''),
	wrap: (text) => {
		const [width = '', ...rest] = text.split(' ');
		return (
			rest
				.join(' ')
				.match(new RegExp(`.{1,${width}}`, 'g'))
				?.join('\n') ?? ''
		);
	},
	each: (text) => {
		const [template = '', ...rest] = text.split(' ;; ');
		const lines = rest.join(' ;; ').split('\n');
		return lines.map((line, index) => template.replace('%d', `${index + 1}`).replace('%s', () => line)).join('\n');
	},
	combining: () => '\u0308',
	zerowidth: () => '\u200b',
	ssh: (algorithm) => publicHalf('ssh', algorithm),
	spki: (algorithm) => publicHalf('spki', algorithm),
	fingerprint: (algorithm) => publicHalf('fingerprint', algorithm),
};

/** As hexdump -C prints bytes. */
function hexdump(bytes: Buffer): string {
	const address = (at: number) => at.toString(16).padStart(8, '0');
	const pairs = (part: Buffer) =>
		[...part]
			.map((byte) => `${byte.toString(16).padStart(2, '0')} `)
			.join('')
			.padEnd(24);
	const rows: string[] = [];
	for (let at = 0; at < bytes.length; at += 16) {
		const row = bytes.subarray(at, at + 16);
		const shown = row.toString('latin1').replace(/[^ -~]/g, '.');
		rows.push(`${address(at)}  ${pairs(row.subarray(0, 8))} ${pairs(row.subarray(8))} |${shown}|`);
	}
	return [...rows, address(bytes.length)].join('\n');
}

type Secret = { readonly text: string; readonly secrets: readonly string[] };

/** `key FORM`: the key whole; `key FORM 3 7`: these lines of it, the armour counted too, `-3 -1` the last three. */
function keyLines(argument: string): Secret {
	const [form = '', from = '1', to = '-1'] = argument.split(' ');
	const { head, body } = keyForm(form);
	const lines = keyText(keyForm(form)).split('\n');
	const place = (text: string) => (Number(text) < 0 ? lines.length + Number(text) : Number(text) - 1);
	const chosen = lines.map((line, index) => ({ line, index })).slice(place(from), place(to) + 1);
	const secrets = chosen.flatMap(({ line, index }) => {
		const inBody = index - head.length;
		const canary = inBody < 0 || inBody >= body.length ? null : bodyCanary(form, line, inBody);
		return canary === null ? [] : [canary];
	});
	return { text: chosen.map(({ line }) => line).join('\n'), secrets };
}

/** `body FORM`: what stands between the armour lines, on one line: DER or openssh-key-v1 in base64. */
function keyBody(form: string): Secret {
	const { body } = keyForm(form);
	return { text: body.join(''), secrets: body.flatMap((line, index) => bodyCanary(form, line, index) ?? []) };
}

const privateNumbers = ['d', 'p', 'q', 'dp', 'dq', 'qi'];

function webKey(algorithm: string): Secret {
	const key = jsonWebKey(algorithm);
	return { text: JSON.stringify(key), secrets: privateNumbers.flatMap((name) => key[name] ?? []) };
}

export const keyCodes: Readonly<Record<string, (argument: string) => Secret>> = {
	key: keyLines,
	body: keyBody,
	jwk: webKey,
	rsatext: opensslText,
	rsaxml: rsaXml,
};

const syllables = [...'bdfgklmnprstvz'].flatMap((first) => [...'aeiou'].map((second) => first + second));

/** A password as people make them: what could be a word, and four digits. */
export function likeAWord(bytes: Buffer): string {
	const word = [...bytes.subarray(0, 5)].map((byte) => syllables[byte % syllables.length]).join('');
	return `${word.charAt(0).toUpperCase()}${word.slice(1)}${1000 + (bytes.readUInt16BE(5) % 9000)}`;
}
