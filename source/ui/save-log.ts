import { messageOf } from '../domain/user-error.ts';
import type { LogLine } from '../logs/log-line.ts';
import { readableLine } from '../logs/readable.ts';
import { removeRandomTokens } from '../redact/secrets/secret-lines.ts';
import { removedSecret } from '../redact/secrets/spans.ts';
import { copyText } from './clipboard.ts';
import { patchLog } from './log-actions.ts';
import { textOf } from './log-lines.ts';
import { currentLogScene } from './log-scene.ts';
import { isMasked, masked } from './masking.ts';
import type { Screen } from './screen.ts';

/** The line that was gone to, while it is in view; else all lines in view. */
export function copyLog(screen: Screen): void {
	const { window, pause } = currentLogScene(screen);
	const marked = window.lines.filter(({ sequence }) => sequence === pause?.mark);
	const lines = marked.length > 0 ? marked : window.lines;
	const what = marked.length > 0 ? 'the marked line' : lines.length === 1 ? '1 line' : `${lines.length} lines`;
	copyText(screen, lines.map(plainLine).join('\n'), what);
}

/** `s`: all lines that are kept, into a file of the person's own. */
export function saveLog(screen: Screen): void {
	const { reportsDirectory } = screen;
	const { reach, connector } = currentLogScene(screen);
	if (reach.newest < reach.oldest) return screen.view.patch({ notice: 'there is no line to save' });
	const lines: string[] = [];
	let last = reach.oldest - 1;
	for (let line = reach.down(reach.oldest); line !== null; line = reach.down(line.sequence + 1)) {
		if (line.sequence > last + 1) lines.push(`── ${line.sequence - last - 1} lines are gone ──`);
		lines.push(plainLine(line));
		last = line.sequence;
	}
	const say = (said: string) => patchLog(screen, { said });
	// Writing is rare; the first frame does not wait for it.
	const parts = Promise.all([import('../report/write-report.ts'), import('../storage/directories.ts')]);
	void parts.then(async ([{ pathFor, writeWhole }, { refuseOpenReports }]) => {
		const path = pathFor(reportsDirectory, 'log', 'log', new Date());
		try {
			refuseOpenReports();
			await writeWhole(path, `${lines.map(masked).join('\n')}\n`);
			say(`${lines.length} ${isMasked() ? 'masked ' : ''}lines of ${connector} saved, readable by you only: ${path}`);
		} catch (error) {
			say(`The log could not be saved to ${reportsDirectory}: ${messageOf(error)}`);
		}
	});
}

/** With its time, as `vpmon logs` prints it. Where a secret is hidden in the line as it came, the line as it is shown. */
function plainLine(line: LogLine): string {
	const readable = readableLine(line);
	if (line.kind === 'notice') return textOf(line);
	const isHidden = readable.text.includes(removedSecret) && !line.text.includes(removedSecret);
	const text = isHidden ? readable.text : removeRandomTokens(line.text);
	return readable.time === null ? text : `${new Date(readable.time).toISOString()} ${text}`;
}
