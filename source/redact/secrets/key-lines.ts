import { kindOfKey, missingCode } from './key-material.ts';
import { blockMark, keyBegins, keyEnds, keyRuns } from './key-text.ts';
import { frameOf, type LineFrame, withinFrame } from './line-frame.ts';
import { hasLongRun } from './long-runs.ts';
import { endOfRest, isPublicLine, missingOfFingerprint, onlyCode, publicAbove } from './public-lines.ts';
import { removedKey, type Span } from './spans.ts';

/** No key file has more lines than this, and none that never ends may swallow the log. */
const longestKey = 160;

/** Of the hexadecimal of a file that ansible-vault sealed. */
const ansibleWidth = 80;

const narrowest = 16;
const longestNarrow = 640;
/** What is looked at of the end of a line. Characters. */
const longestEnd = 64;
const narrowRun = /(?:^|[^A-Za-z0-9+/=])([A-Za-z0-9+/]{16,40})(?=["'`,;)}\]\s\\]*$)/;

const keyHeader =
	/^(?:Proc-Type|DEK-Info|Version|Hash|Charset|MessageID|Encryption|Comment|Subject|x-[\w-]+|(?:Public|Private)-Lines|Key-Derivation|Argon2-[\w-]+|Cipher|Salt): /i;
const privateLines = /Private-Lines: {0,4}(\d{1,3})\b/;
/** openssl rsa -text: the numbers of a private key, 15 bytes a line. */
const privateNumber = /(?:privateExponent|prime[12]|exponent[12]|coefficient|priv):\s*$/;
const publicNumber = /(?:modulus|pub|Signature Value|Signature|Serial Number)[^:]{0,40}:\s*$/i;
const numberLine = /(?:^|\s)(?:[0-9a-f]{2}:){11,17}[0-9a-f]{0,2}\s*$/;
const hexTail = /(?:^|\s)(?:[0-9a-f]{2}:){0,17}[0-9a-f]{2}:?\s*$/;

/** What is left of a line, null where that is nothing; and which stretch of it is part of a public key, and stays as it is. */
type KeyStep = { readonly line: string | null; readonly evidence?: Span };

const gone: KeyStep = { line: null };

type Block = {
	readonly what: 'private' | 'line' | 'public' | 'rest' | 'number' | 'public number';
	frame: LineFrame;
	/** Of a full line of the key, where one was seen; of the rest of a public one that of the whole line. */
	width: number;
	/** Lines; of the rest of a public key the characters. */
	left: number;
};

/** Takes private keys out of a stream of lines, from whichever of their lines on it begins, and leaves public ones alone. */
export function createKeyRemover(): (line: string) => KeyStep {
	let block: Block | null = null;

	const begin = (what: Block['what'], line: string, start: number, end: number, left = longestKey, width = 0) => {
		block = { what, frame: frameOf(line, start, end), width, left };
	};

	/** A line inside a key that began above. */
	const goOn = (line: string, open: Block): KeyStep | null => {
		const within = withinFrame(open.frame, line);
		const text = within === null ? null : line.slice(within.start, within.end).trim();
		const code = text === null ? lastCode(line) : text.replace(/(?:\\[nr])+$/, '');
		if (open.what === 'number' || open.what === 'public number') {
			if (!(open.what === 'number' ? hexTail : numberLine).test(line) && !hexTail.test(text ?? '')) return null;
			return open.what === 'number' ? gone : { line };
		}
		if (open.what === 'rest') {
			const end = within === null ? null : endOfRest(line, within.start, open);
			if (within === null || end === null) return null;
			open.left -= end - within.start;
			if (open.left <= 0) block = null;
			return { line, evidence: { start: within.start, end } };
		}
		if (open.what === 'public') {
			if (within === null || text === null || !isPublicLine(text, open.width)) return null;
			// The first shorter line is the last one.
			if (text.length < open.width) block = null;
			open.width = text.length;
			return { line, evidence: { start: line.indexOf(text, within.start), end: within.end } };
		}
		const isCode = code !== null && onlyCode.test(code) && (text !== null || isLong(code));
		if (open.what === 'private' && text !== null && (text === '' || keyHeader.test(text))) return gone;
		if (!isCode) return null;
		// With other words before it than the lines above had it may be another program's.
		if (text === null && code.length >= 16) {
			const at = line.lastIndexOf(code);
			open.frame = frameOf(line, at, at + code.length);
			open.width = Math.max(open.width, code.length);
			return { line: line.slice(0, at) + removedKey + line.slice(at + code.length) };
		}
		if (open.what === 'private') return gone;
		// Without an end in sight the first shorter line is the last one; a word of a few letters is none.
		if (code.length > open.width + 2 || !isPieceOfKey(code)) return null;
		if (code.length < open.width) block = null;
		return gone;
	};

	const ended = (line: string, open: Block | null): KeyStep => {
		const end = keyEnds.exec(line);
		const start = end?.index ?? 0;
		const rest = line.slice(start + (end?.[0].length ?? 0)).replace(/^(?:\\[nr])+/, '');
		if (open === null || !['private', 'line'].includes(open.what)) return { line };
		// What follows a key on its last line is no part of it.
		return {
			line:
				/[A-Za-z0-9]{2}/.test(rest.replace(open.frame.after, '')) && open.frame.after.trim() === ''
					? rest.trim()
					: null,
		};
	};

	return (line) => {
		const mark = blockMark(line);
		const open = block as Block | null;
		if (open !== null) {
			if (mark === null) {
				if (open.what === 'rest' || open.left-- > 0) {
					const step = goOn(line, open);
					if (step !== null) return step;
					// Other programs may write between the lines of a key.
					if (open.what !== 'private' && open.what !== 'public') block = null;
					else open.left -= 8;
				} else block = null;
			} else block = null;
		}
		if (mark === 'private ends') return ended(line, open);
		if (mark === 'private begins') return privateBegins(line, begin);
		if (mark === 'public begins') {
			const at = line.search(/-{4,5} ?BEGIN /);
			begin('public', line, at, afterDashes(line, at), longestKey * 4);
			return { line };
		}
		if (mark === 'public ends') return { line };
		return single(line, begin);
	};
}

type Begin = (what: Block['what'], line: string, start: number, end: number, left?: number, width?: number) => void;

function privateBegins(line: string, begin: Begin): KeyStep {
	const start = keyBegins.exec(line);
	if (start === null || keyEnds.test(line.slice(start.index))) return { line };
	const end = start.index + start[0].length;
	const rest = line.slice(end);
	// A key on one line that was cut, or the rest of the frame.
	const isCut = /[A-Za-z0-9+/]{16}/.test(rest) || start[0].startsWith('PuTTY') || keyBegins.test(rest);
	begin('private', line, start.index, isCut ? line.length : end);
	return { line: `${line.slice(0, start.index)}${removedKey}${isCut ? '' : rest.replace(/^(?:\\[nr])+/, '')}` };
}

/** A line outside of any block that was seen to begin. */
function single(line: string, begin: Begin): KeyStep {
	const lines = line.includes('Private-L') ? privateLines.exec(line) : null;
	if (lines !== null) {
		begin('private', line, lines.index, line.length, Number(lines[1]) + 1);
		return { line: `${line.slice(0, lines.index)}${removedKey}` };
	}
	const sealed = line.includes('$ANSIBLE_VAULT;') ? line.indexOf('$ANSIBLE_VAULT;') : -1;
	if (sealed !== -1) begin('line', line, sealed, line.length, longestKey, ansibleWidth);
	if (line.endsWith(':') || line.endsWith(': ')) {
		const isPrivate = privateNumber.test(line);
		if (isPrivate || publicNumber.test(line))
			begin(isPrivate ? 'number' : 'public number', line, 0, line.length, longestKey);
		if (!numberLine.test(line)) return { line };
		if (/(?:[0-9a-f]{2}:){15}\s*$/.test(line)) {
			begin('number', line, line.search(/[0-9a-f]{2}:/), line.length);
			return { line: line.replace(/(?:[0-9a-f]{2}:){11,17}\s*$/, removedKey) };
		}
	}
	// A fingerprint that is broken at a width, too.
	beginRest(line, missingOfFingerprint(line), begin);
	if (!hasLongRun(line, 40)) return narrow(line, begin);
	for (const run of keyRuns(line)) {
		// A public key that is broken at a width goes on below.
		if (run.kind === 'public' && run.end === line.trimEnd().length) beginRest(line, missingCode(run.text), begin);
		if (run.kind === 'line' || run.kind === 'private')
			begin('line', line, run.start, run.end, longestKey, run.text.length);
	}
	return { line };
}

/** How a key begins in columns narrower than any tool writes them: its first twelve bytes tell. */
function narrow(line: string, begin: Begin): KeyStep {
	const from = Math.max(0, line.length - longestEnd);
	const end = line.slice(from);
	const found = hasLongRun(end, narrowest) ? narrowRun.exec(end) : null;
	const code = found?.[1] ?? '';
	if (found === null || kindOfKey(Buffer.from(code, 'base64')) !== 'private') return { line };
	const start = from + found.index + found[0].indexOf(code);
	begin('line', line, start, start + code.length, longestNarrow, code.length);
	return { line: line.slice(0, start) + removedKey + line.slice(start + code.length) };
}

/** What a public key or a fingerprint lacks, broken at a width as by a terminal, is expected on the next lines. */
function beginRest(line: string, missing: number, begin: Begin): void {
	const start = line.length - line.trimStart().length;
	if (missing > 0) begin('rest', line, start, line.length, missing, line.trimEnd().length);
}

function afterDashes(line: string, from: number): number {
	const found = /^-{4,5} ?BEGIN [A-Z0-9 ]{3,40} ?-{4,5}/.exec(line.slice(from));
	return from + (found?.[0].length ?? 0);
}

/** The code at the end of a line, without the quotes and line ends that may follow it. */
function lastCode(line: string): string | null {
	const bare = line.slice(-2000).replace(/(?:\\[nr]|["'`,;)}\]\s])+$/, '');
	return /(?:^|[^A-Za-z0-9+/=])(=?[A-Za-z0-9+/]{2,}={0,2})$/.exec(bare)?.[1] ?? null;
}

const isLong = (code: string) => code.length >= 16 && isPieceOfKey(code);

/** Not a word: of several kinds of characters, padded, or too long for one. */
function isPieceOfKey(code: string): boolean {
	return (
		code.endsWith('=') ||
		code.startsWith('=') ||
		(/[A-Z]/.test(code) && /[a-z]/.test(code)) ||
		/\d/.test(code) ||
		code.length > 14
	);
}

/** What is known of lines only from those below: that one is gone, or which stretch of it stays as it is. */
type Known = 'gone' | Span | null;

/** What stands above the end of a key that began before the text. */
export function lookBack(lines: readonly string[]): readonly Known[] {
	const marks = lines.map((line) => blockMark(line));
	const found: Known[] = lines.map(() => null);
	for (const [index, mark] of marks.entries()) {
		if (mark === 'public ends')
			for (const [back, span] of publicAbove(lines, index).entries()) found[index - 1 - back] = span;
		if (mark !== 'private ends') continue;
		for (let at = index - 1; at >= 0 && index - at <= longestKey; at--) {
			const line = lines[at] ?? '';
			const code = lastCode(line);
			if (
				marks[at] !== null ||
				code === null ||
				!(code.length >= 16 || code.endsWith('=') || (at === index - 1 && isPieceOfKey(code)))
			)
				break;
			found[at] = 'gone';
		}
	}
	return found;
}
