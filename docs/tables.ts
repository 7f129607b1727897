import { csvColumns } from '../source/inventory/csv-columns.ts';
import { causeTexts } from '../source/runbook/causes.ts';
import { checkById, checks } from '../source/runbook/checks.ts';
import { fixes } from '../source/runbook/fixes.ts';
import { placesOf, shownKeys } from '../source/ui/key-binding.ts';
import { keymap } from '../source/ui/keymap.ts';

/** The parts of the pages that are printed from the program's own tables. */
export const generatedParts: Readonly<Record<string, () => string>> = {
	checks: () =>
		table(
			['#', 'check', 'question', 'passes when'],
			checks.map(({ number, id, question, passesWhen }) => [String(number), `\`${id}\``, question, passesWhen]),
		),
	causes: () =>
		table(
			['cause', 'row', 'what it says', 'fix'],
			Object.entries(causeTexts).map(([cause, { check, headline }]) => [
				`\`${cause}\``,
				String(checkById[check].number),
				headline,
				fixes.find(({ causes }) => causes.some((known) => known === cause))?.title ?? '',
			]),
		),
	columns: () =>
		table(
			['column', 'also called'],
			Object.values(csvColumns).map(([name, ...others]) => [`\`${name}\``, others.join(', ')]),
		),
	keys: () =>
		table(
			['key', 'name', 'does'],
			keymap.map((binding) => {
				const place = placesOf(binding);
				const keys = shownKeys(binding.keys).replace(/\S+/g, '`$&`');
				return [keys, binding.title, `${place === null ? '' : `in ${place}: `}${binding.help}`];
			}),
		),
};

function table(head: readonly string[], rows: ReadonlyArray<readonly string[]>): string {
	const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
	return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

const part = /(<!-- generated: (\w+) -->\n)[\s\S]*?(<!-- end -->)/g;

/** A text with its generated parts as they have to be. */
export function fillIn(text: string): string {
	return text.replace(part, (_, begin: string, name: string, end: string) => {
		const generate = generatedParts[name];
		if (generate === undefined) throw new Error(`there is no generated part ${name}`);
		return `${begin}${generate()}\n${end}`;
	});
}
