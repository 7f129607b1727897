import { cleanText } from '../domain/clean.ts';
import { loadPrograms } from '../hosts/local-host.ts';
import { isMasked, masked } from './masking.ts';
import type { Screen } from './screen.ts';

/**
 * The clipboard of the terminal, wherever that is: OSC 52 (xterm's ctlseqs, "Manipulate Selection Data") goes through SSH, which the
 * clipboard programs of this machine do not. Inside tmux its own command does it: tmux drops OSC 52 of programs unless it is told not to.
 */
export type Clipboard = (text: string) => Promise<Copied>;

/** `where` says whose clipboard has it now, as far as anybody can know: a terminal does not answer. */
export type Copied = { readonly ok: true; readonly where: string } | { readonly ok: false; readonly reason: string };

/** Of the encoded text: what terminals take at least. */
const mostEncoded = 74_994; // Characters.
const tmuxTimeout = 2000; // Milliseconds.
/** GNU screen passes on strings of up to 256 characters in its oldest versions. */
const screenChunk = 240;

const toTmux = ' to tmux and, if it takes that, your terminal';
const esc = '\u001b';
const bell = '\u0007';

export type ClipboardOptions = {
	readonly environment: NodeJS.ProcessEnv;
	/** To the terminal, in one piece: a frame of the screen is drawn in one piece too, so none is torn. */
	readonly write: (sequence: string) => void;
	/** Whether tmux took the text; also whether it was asked to pass it on to its terminal. */
	readonly loadTmux?: (text: string, passOn: boolean) => Promise<boolean>;
};

export function createClipboard({ environment, write, loadTmux = loadTmuxBuffer }: ClipboardOptions): Clipboard {
	return async (text) => {
		const encoded = Buffer.from(text).toString('base64');
		const fits = encoded.length <= mostEncoded;
		if (environment.TMUX && (await loadTmux(text, fits)))
			return { ok: true, where: fits ? toTmux : ' to tmux alone: too long for your terminal' };
		if (!fits) {
			const size = `${Math.ceil(text.length / 1024)} KB of at most ${Math.floor((mostEncoded * 3) / 4 / 1024)}`;
			return { ok: false, reason: `too long for the clipboard of a terminal: ${size}` };
		}
		if (environment.TERM === 'linux') return { ok: false, reason: 'the Linux console has no clipboard' };
		// tmux before 3.2 takes the text but passes nothing on.
		const isInTmux = Boolean(environment.TMUX) && (await loadTmux(text, false));
		write(clipboardSequence(encoded, environment));
		return { ok: true, where: isInTmux ? toTmux : ', if your terminal takes it' };
	};
}

/** What the terminal is sent, wrapped so that what stands between hands it on. */
export function clipboardSequence(encoded: string, environment: NodeJS.ProcessEnv): string {
	const plain = `${esc}]52;c;${encoded}${bell}`;
	const { TMUX: tmux, STY: screen, TERM: term = '' } = environment;
	// A tmux on another machine, seen through SSH, shows in TERM alone. Whichever of the two it lets through is the same text.
	if (tmux || term.startsWith('tmux')) return `${esc}Ptmux;${plain.replaceAll(esc, esc + esc)}${esc}\\${plain}`;
	if (!screen) return plain;
	const chunks = plain.match(new RegExp(`.{1,${screenChunk}}`, 'gs')) ?? [];
	return chunks.map((chunk) => `${esc}P${chunk}${esc}\\`).join('');
}

/** `-w` (tmux 3.2) has tmux send it to its terminal too. */
async function loadTmuxBuffer(text: string, passOn: boolean): Promise<boolean> {
	const { streamProgram } = await loadPrograms();
	const { stdin, stdout, stderr, ended, stop } = streamProgram(
		['tmux', 'load-buffer', ...(passOn ? ['-w'] : []), '-'],
		{ withInput: true },
	);
	stdout.resume();
	stderr.resume();
	// A tmux that does not know the option does not read either.
	stdin?.on('error', () => {});
	stdin?.end(text);
	const timer = setTimeout(stop, tmuxTimeout);
	const { outcome, exitCode } = await ended;
	clearTimeout(timer);
	return outcome === 'ended' && exitCode === 0;
}

/** Copies, and says in the footer what: `what` is counted for people, as "12 lines". */
export function copyText({ clipboard, view }: Screen, text: string, what: string): void {
	if (text === '') return view.patch({ notice: 'there is nothing to copy here' });
	const shown = isMasked() ? `masked ${what}` : what;
	void clipboard(masked(cleanText(text))).then((copied) =>
		view.patch({ notice: copied.ok ? `copied ${shown}${copied.where}` : `${what} not copied: ${copied.reason}` }),
	);
}
