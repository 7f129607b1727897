import type { FixOutcome, ReadyFix } from '../engine/run-fix.ts';
import type { ReadyUndo } from '../engine/undo-fix.ts';

/** A fix on the screen, from what it asks for to what came of it. */
export type FixView = {
	readonly kind: 'fix';
	/** The Safe it is for. */
	readonly safe: string;
	/** Id of the fix. */
	readonly fix: string;
	/** What is typed: what the fix asks for, or the name that has to be typed for a yes. */
	readonly text: string;
	/** Commands for the target that belong to the steps. */
	readonly forTarget: readonly string[];
	/** Why it does not go on, or null. */
	readonly problem: string | null;
} & (
	| { readonly phase: 'ask' | 'checking' }
	| { readonly phase: 'preview'; readonly ready: ReadyFix }
	| { readonly phase: 'running'; readonly ready: ReadyFix; readonly said: readonly string[] }
	| { readonly phase: 'done'; readonly ready: ReadyFix; readonly outcome: FixOutcome }
	| { readonly phase: 'undo'; readonly undo: ReadyUndo; readonly file: string }
);

/** Keys mean what they say here, and no letter is a command while something is typed. */
export function isFilling({ phase }: FixView): boolean {
	return phase === 'ask' || phase === 'preview';
}
