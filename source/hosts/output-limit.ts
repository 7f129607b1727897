/** Characters of each stream that are kept of a program: the answers vpmon asks for are far shorter. */
export const usualOutput = 1024 * 1024;
/** The same for the last lines of a log. */
export const logOutput = 16 * 1024 * 1024;

/** What stands in the stderr of a program that was ended because it printed more. */
export function tooMuchOutput(limit: number): string {
	return `ended: it printed more than ${limit / 1024 / 1024} MB\n`;
}
