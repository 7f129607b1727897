import { causeTexts } from '../../source/runbook/causes.ts';

/**
 * What a program says of a Safe, in the same few words whatever it says it with: `pass`, `unknown`, `fail host-key-mismatch`, or
 * `nothing yet` before it was measured.
 */
export type Statement = string;

const nothingYet: Statement = 'nothing yet';
const verdictOfSign: Readonly<Record<string, string>> = {
	'✔': 'pass',
	'!': 'warn',
	'✖': 'fail',
	'?': 'unknown',
	'○': 'untested',
};
/** The longest first, since one may begin as another does. */
const labels = Object.entries(causeTexts)
	.map(([cause, { label }]) => ({ cause, label }))
	.sort((a, b) => b.label.length - a.label.length);

/** From the line of the Safe in the list of a screen. */
export function statementOnScreen(screen: string, safe: string): Statement {
	const line = screen.split('\n').find((text) => new RegExp(`^[ ▶>]*[✔!✖?○…]+ +${safe} {2,}`).test(text));
	if (line === undefined) return 'no line';
	const [, sign = '', words = ''] = new RegExp(`^[ ▶>]*([✔!✖?○…]).*? ${safe} +(.*)$`).exec(line) ?? [];
	if (sign === '…' || /^(?:measuring|not measured yet)/.test(words)) return nothingYet;
	const verdict = verdictOfSign[sign] ?? sign;
	const found = labels.find(({ label }) => words.startsWith(label));
	return verdict === 'fail' ? `fail ${found?.cause ?? words}` : verdict;
}

/** From the text of `/metrics`. */
export function statementInMetrics(text: string, safe: string): Statement {
	const lines = text.split('\n').filter((line) => line.includes(`safe="${safe}"`));
	if (!lines.some((line) => line.startsWith('vpmon_safe_measured_timestamp_seconds{'))) return nothingYet;
	const numbers = lines.flatMap((line) => {
		const found = /^vpmon_check_verdict\{.* (-?\d)$/.exec(line);
		return found === null ? [] : [Number(found[1])];
	});
	const verdict = ['pass', 'untested', 'warn', 'unknown', 'fail'][Math.max(0, ...numbers)] ?? 'none';
	const causes = lines.flatMap((line) => /^vpmon_check_cause\{.*cause="([\w-]+)"/.exec(line)?.[1] ?? []);
	return verdict === 'fail' ? `fail ${causes[0] ?? 'without a cause'}` : verdict;
}

/** From the JSON of `check` and `report`: both have their Safes so. */
export function statementInJson(
	json: { readonly safes: ReadonlyArray<{ name: string; verdict: string; cause: string | null }> },
	safe: string,
): Statement {
	const found = json.safes.find(({ name }) => name === safe);
	if (found === undefined) return 'no Safe';
	return found.verdict === 'fail' ? `fail ${found.cause}` : found.verdict;
}

/** From the table of `check`: the sign, and the headline for the cause. */
export function statementInTable(table: string, safe: string): Statement {
	const line = table.split('\n').find((text) => new RegExp(`^[✔!✖?○] ${safe} `).test(text));
	if (line === undefined) return 'no line';
	const verdict = verdictOfSign[line[0] ?? ''] ?? 'none';
	const found = Object.entries(causeTexts).find(([, { headline }]) => line.endsWith(headline));
	return verdict === 'fail' ? `fail ${found?.[0] ?? line}` : verdict;
}

/** From the first line of `fix`: `db (fail, host-key-mismatch) · …`, or `db: pass; there is nothing to fix`. */
export function statementOfFix(text: string, safe: string): Statement {
	const [, verdict = 'none', cause] = new RegExp(`^${safe}(?: \\(|: )(\\w+)(?:, ([\\w-]+))?`, 'm').exec(text) ?? [];
	return verdict === 'fail' ? `fail ${cause}` : verdict;
}
