import type { CheckId } from '../domain/check.ts';
import { formatTarget } from '../domain/target.ts';
import type { SafeState } from '../engine/session/session.ts';
import { comparedKeys } from '../report/row-details.ts';
import { checkById } from '../runbook/checks.ts';
import type { FixContext } from '../runbook/fix-context.ts';
import { stepsFor } from '../runbook/fixes.ts';
import { commandIn } from '../runbook/step-command.ts';

/** Something of a Safe that can be copied, and what it is called. */
export type CopyChoice = { readonly title: string; readonly text: string };

/** What is worth copying: commands to be pasted first, then what is compared by eye, then the row as text. Pure. */
export function copyChoices(
	{ result }: SafeState,
	check: CheckId,
	context: FixContext | null,
	evidence: string,
): readonly CopyChoice[] {
	const cause = result.checks[check].cause ?? result.cause;
	const steps = cause === null || context === null ? [] : stepsFor(cause, context);
	const commands = steps.flatMap((step, index) => {
		const command = commandIn(step);
		return command === null ? [] : [{ title: `command of step ${index + 1}`, text: command }];
	});
	const prints = comparedKeys(result.checks['host-key']).filter(([label]) => label !== '');
	const { username, target } = result;
	return [
		...commands,
		...prints.map(([label, value]) => ({ title: `${label} host key`, text: value.split(' ').at(-1) ?? value })),
		{
			title: 'user and target',
			text: context?.safe
				? `${username}@${formatTarget(context.safe.host, context.safe.port)}`
				: `${username}@${target}`,
		},
		...(steps.length === 0
			? []
			: [{ title: 'all steps', text: steps.map((step, index) => `${index + 1}. ${step}`).join('\n') }]),
		{ title: `evidence of row ${checkById[check].number}`, text: evidence },
	];
}
