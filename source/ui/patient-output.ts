import { writeSync } from 'node:fs';

/**
 * The terminal as frames are written to it. One that takes nothing (its reader is stopped, ctrl-s, a link that is down) must not stop
 * probes and logs: writing never waits, frames are left out until it takes them again, and then everything is drawn anew.
 */
export type PatientOutput = {
	readonly stream: NodeJS.WriteStream;
	/** Everything is drawn anew with this once the terminal takes frames again. */
	onCaughtUp(redraw: () => void): void;
	/**
	 * The next frame is drawn over what is there, line by line, so that nothing blinks.
	 *
	 * @param forget makes Ink forget the frame before; what it writes to take that away is left out.
	 */
	drawOver(forget: () => void): void;
	/** Gives the terminal back as it was when nothing more is to be drawn. */
	close(): void;
};

// Ends alternate screen, synchronised update, bracketed paste; shows the cursor (xterm's ctlseqs, DECRST and DECSET).
const restore = '\u001b[?2026l\u001b[?2004l\u001b[?25h\u001b[?1049l';
/** A mode that is set or reset is no frame: it always goes out. */
const isMode = (text: unknown) =>
	typeof text === 'string' && /^\u001b\[[?<>][\d;]*[a-z]$/i.test(text) && !text.includes('?2026');

const enterAlternateScreen = '\u001b[?1049h';
/** The cursor stays where it was, and Ink draws from there: behind an unfinished line, or behind keys that the terminal echoed meanwhile. */
const enterAtHome = `${enterAlternateScreen}\u001b[H`;

const home = '\u001b[H';
const eraseLineEnd = '\u001b[K';
const overdrawn = (frame: string) => `${home}${frame.replaceAll('\n', `${eraseLineEnd}\n`)}${eraseLineEnd}`;

/** libuv's tty handle; without it writes wait, as they always did. */
type Handle = { setBlocking?(blocking: boolean): void };

export function openPatiently(terminal: NodeJS.WriteStream): PatientOutput {
	const setBlocking = (blocking: boolean) =>
		(terminal as unknown as { _handle?: Handle })._handle?.setBlocking?.(blocking);
	setBlocking(false);
	let isBehind = false;
	let redraw = () => {};
	let isForgetting = false;
	let isDrawnOver = false;
	const catchUp = () => {
		isBehind = false;
		redraw();
	};
	const write = (text: string | Uint8Array, ...rest: unknown[]): boolean => {
		const callback = rest.find((value) => typeof value === 'function') as ((error?: Error | null) => void) | undefined;
		if (text !== '' && (isBehind || terminal.writableNeedDrain) && !isMode(text)) {
			if (!isBehind) terminal.once('drain', catchUp);
			isBehind = true;
			if (callback !== undefined) queueMicrotask(callback);
			return false;
		}
		if (isForgetting) return true;
		let written = text === enterAlternateScreen ? enterAtHome : text;
		if (isDrawnOver && typeof text === 'string' && text.includes('\n')) {
			isDrawnOver = false;
			written = overdrawn(text);
		}
		return callback === undefined ? terminal.write(written) : terminal.write(written, callback);
	};
	// On a sudden end what waits is lost; the terminal must not stay as it is then.
	const onExit = () => {
		if (terminal.writableLength === 0) return;
		try {
			writeSync((terminal as unknown as { fd: number }).fd, restore);
		} catch {
			// It takes nothing at all.
		}
	};
	process.once('exit', onExit);
	return {
		stream: new Proxy(terminal, {
			get(target, key) {
				if (key === 'write') return write;
				const value = Reflect.get(target, key, target);
				return typeof value === 'function' ? value.bind(target) : value;
			},
		}),
		onCaughtUp(given) {
			redraw = given;
		},
		drawOver(forget) {
			isForgetting = true;
			forget();
			isForgetting = false;
			isDrawnOver = true;
		},
		close() {
			terminal.off('drain', catchUp);
			process.off('exit', onExit);
			setBlocking(true);
		},
	};
}
