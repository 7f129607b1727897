import type { TypedTarget } from '../domain/target.ts';
import { fieldNames, type TargetForm } from './target-form.ts';
import { paint, type Theme } from './theme.ts';
import { wrap } from './width.ts';

const labels: Readonly<Record<keyof TypedTarget, string>> = {
	target: 'target',
	key: 'public key',
	connector: 'connector',
};

const labelColumns = 12;

/** The fields as they are typed, what each takes, and what is wrong. */
export function formLines(
	theme: Theme,
	form: TargetForm,
	takes: Readonly<Record<keyof TypedTarget, string>>,
	columns: number,
): string[] {
	const lines = fieldNames.flatMap((name) => {
		const isHere = name === form.at;
		const label = labels[name].padEnd(labelColumns);
		const lead = `${isHere ? '▶' : ' '}${isHere ? paint(theme, 'bold', label) : label} `;
		const typed = wrap(`${form.fields[name]}${isHere ? '▏' : ''}`, columns - labelColumns - 3);
		const help = wrap(takes[name], columns - labelColumns - 3).map((line) => paint(theme, 'dim', line));
		return [...typed, ...help].map((line, index) => (index === 0 ? lead : ' '.repeat(labelColumns + 2)) + line);
	});
	const problem = form.problem === null ? [] : wrap(` ${form.problem}`, columns - 1, 1);
	return [...lines, '', ...problem.map((line) => paint(theme, 'red', line))];
}
