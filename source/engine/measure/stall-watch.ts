/** Milliseconds between two beats. */
const beatMs = 500;
/** A program that did not run for so long was stopped (SIGSTOP, a suspended machine), not busy. */
const stoppedMs = 3000;

/**
 * Tells whether this program was stopped while it waited for something: then no deadline that ran off meanwhile says anything of whom it
 * waited for.
 */
export function watchForStall(): { readonly wasStopped: () => boolean; readonly end: () => void } {
	let last = performance.now();
	let longest = 0;
	const beat = () => {
		const now = performance.now();
		longest = Math.max(longest, now - last);
		last = now;
	};
	const timer = setInterval(beat, beatMs);
	timer.unref();
	return {
		wasStopped() {
			beat();
			return longest > stoppedMs;
		},
		end: () => clearInterval(timer),
	};
}
