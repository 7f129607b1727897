import { cleanText } from '../domain/clean.ts';
import { createSecretRemover } from '../redact/secrets/secret-lines.ts';

/** A longer line is kept up to here, and what is cut is said in it. Panes cut what they draw themselves. */
const longestLine = 1024 * 1024; // Characters.

/** The one gate for lines of a log: cut, made harmless, without secrets. Null for a line inside a private key. */
export function createLineGate(): (text: string) => string | null {
	const removeSecrets = createSecretRemover();
	return (text) => {
		const cut = text.length > longestLine ? `${text.slice(0, longestLine)} … cut, ${text.length} characters` : text;
		return removeSecrets(cleanText(cut).replaceAll('\n', ' '));
	};
}
