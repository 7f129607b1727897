/** Tokens that vpmon is given in its environment. No program or thread that it starts gets them. */

const names = ['VAULTPAM_TOKEN', 'VPMON_EXPORTER_TOKEN'] as const;
type TokenName = (typeof names)[number];

const taken = new Map<TokenName, string>();

/** Takes the tokens out of the environment, before anything else is started from it. */
export function takeTokens(): void {
	for (const name of names) {
		const value = process.env[name];
		if (value === undefined) continue;
		taken.set(name, value);
		delete process.env[name];
	}
}

/** A token as it was given; undefined where it was not. */
export function ownToken(name: TokenName): string | undefined {
	takeTokens();
	return taken.get(name);
}
