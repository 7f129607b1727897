/** Something the user can put right: a bad flag, file or permission. Printed as two lines, never with a stack; exit code 2. */
export class UserError extends Error {
	override readonly name = 'UserError';
	/** What to do next, one or more lines. */
	readonly nextStep: string;

	constructor(message: string, nextStep: string) {
		super(message);
		this.nextStep = nextStep;
	}
}

/** The text of anything thrown, in one line. */
export function messageOf(error: unknown): string {
	return error instanceof Error ? error.message : String(error);
}

/** `/run/x belongs to anna; take it over: …`: an error with its next step in one sentence, to follow a colon. */
export function inOneSentence({ message, nextStep }: UserError): string {
	const parts = [message, nextStep].map((part) => part.replace(/\.$/, '')).filter((part) => part !== '');
	return parts.map((part) => part.charAt(0).toLowerCase() + part.slice(1)).join('; ');
}
