import type { Span } from './spans.ts';

/** Secrets of our own, such as the token for the control plane: removed by what they are, wherever they stand. */
const own = new Set<string>();
const shortestOwn = 6;

/** From now on this is removed from every text. */
export function keepSecret(secret: string | undefined): void {
	const plain = secret?.trim() ?? '';
	if (plain.length >= shortestOwn)
		for (const text of [plain, encodeURIComponent(plain), JSON.stringify(plain).slice(1, -1)]) own.add(text);
}

export function* findOwnSecrets(text: string): Iterable<Span> {
	for (const secret of own)
		for (let at = text.indexOf(secret); at !== -1; at = text.indexOf(secret, at + secret.length))
			yield { start: at, end: at + secret.length };
}
