// What a page for man(1) is made of: see man(7) and groff_char(7).

const marks: Readonly<Record<string, string>> = {
	'\\': '\\e',
	'-': '\\-',
	"'": '\\(aq',
	'`': '\\(ga',
	'^': '\\(ha',
	'~': '\\(ti',
	// Not every device has it.
	'…': '...',
};

/** Text as it is read, whatever stands in it; none of its lines is a request. */
export function plain(text: string): string {
	return text
		.replace(/[\\'`^~…-]/g, (sign) => marks[sign] ?? sign)
		.replace(/[^\x20-\x7e\n]/gu, (sign) => `\\[u${hexadecimal(sign)}]`)
		.replace(/^\./gm, '\\&.');
}

const hexadecimal = (sign: string) => (sign.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');

export const bold = (text: string) => `\\fB${plain(text)}\\fR`;
export const paragraph = (text: string) => `.PP\n${plain(text)}`;
/** A line of its own. */
export const line = (text: string) => `.br\n${bold(text)}`;
/** @param term roff. */
export const item = (term: string, text: string) => `.TP\n${term}\n${plain(text)}`;
/** As it stands, line by line. */
export const verbatim = (text: string) => `.PP\n.nf\n${plain(text)}\n.fi`;
export const section = (title: string, ...parts: readonly string[]) =>
	[`.SH ${plain(title.toUpperCase())}`, ...parts].join('\n');
export const subsection = (title: string, ...parts: readonly string[]) => [`.SS ${plain(title)}`, ...parts].join('\n');
