/** A word of a POSIX shell command line, quoted where it needs it (POSIX.1-2017, Shell Command Language, section 2.2.2). */
export function shellWord(word: string): string {
	return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

/** The same for PowerShell (about_Quoting_Rules: a quote inside is written twice; typographic single quotes count as quotes there). */
export function powerShellWord(word: string): string {
	return /^[\w.:-]+$/.test(word) ? word : `'${word.replace(/['\u2018-\u201b]/g, '$&$&')}'`;
}
