/** Tokens and settings of vpmon itself, which no other program needs; also as curl and others write theirs, in small letters. */
const own = /^(?:VAULTPAM|VPMON)_/i;

/** The environment of the programs that vpmon starts: its own, with an English locale, in UTC, without what is for vpmon alone. */
export function childEnvironment(environment: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
	const passed = Object.entries(environment).filter(([name]) => !own.test(name));
	// Verdicts never hang on a translated message, nor on the zone of a time.
	return { ...Object.fromEntries(passed), LC_ALL: 'C', TZ: 'UTC' };
}
