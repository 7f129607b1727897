import { appendFileSync } from 'node:fs';

export type WriteLog = (level: 'INFO' | 'WARN' | 'ERROR', text: string) => void;

/** The log file of a lab connector: a line is on disk before the next thing happens. */
export function openLog(file: string): WriteLog {
	return (level, text) => {
		try {
			appendFileSync(file, `${new Date().toISOString()} ${level.padEnd(5)} ${text}\n`, { mode: 0o600 });
		} catch {
			// The lab ends while its servers still say goodbye.
		}
	};
}
