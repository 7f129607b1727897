import fc from 'fast-check';

/** How many times as many runs as usual: `VPMON_PROPERTY_RUNS=100 npx vitest run test/properties`. */
const factor = Number(process.env.VPMON_PROPERTY_RUNS ?? 1);

/** A run that can be made again: `VPMON_PROPERTY_SEED=22`. */
const seed = process.env.VPMON_PROPERTY_SEED === undefined ? undefined : Number(process.env.VPMON_PROPERTY_SEED);

/** Of a test that takes a second with the usual runs. Milliseconds. */
export const propertyTimeout = 30_000 * factor;

/** Holds for that many made-up inputs, times VPMON_PROPERTY_RUNS. What it does not hold for is told with the seed that makes it again. */
export async function holds<Input extends [unknown, ...unknown[]]>(
	property: fc.IRawProperty<Input>,
	runs: number,
): Promise<void> {
	await fc.assert(property, { numRuns: Math.ceil(runs * factor), ...(seed === undefined ? {} : { seed }) });
}

/** Made of these pieces and of any other characters: what is fed to a parser has to look like its food. */
export function textOf(pieces: readonly string[], maxLength = 12): fc.Arbitrary<string> {
	const piece = fc.oneof(
		{ arbitrary: fc.constantFrom(...pieces), weight: 5 },
		{ arbitrary: fc.string({ unit: 'binary', maxLength: 6 }), weight: 1 },
		{ arbitrary: fc.string({ maxLength: 6 }), weight: 1 },
	);
	return fc.array(piece, { maxLength, size: 'max' }).map((parts) => parts.join(''));
}

/** What drives a terminal or deceives its reader; line feeds only where lines may end. */
export const harmful =
	/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff]|\p{Surrogate}/u;

/** Beginnings, middles and ends of control sequences, of both widths, and what hides text (ECMA-48, UAX #9). */
export const controlPieces: readonly string[] = [
	'\u001b',
	'\u001b[',
	'\u001b[31m',
	'\u001b[2J',
	'\u001b]0;owned',
	'\u001b]52;c;ZXZpbA==',
	'\u001bP',
	'\u001bPtmux;\u001b',
	'\u001b_',
	'\u001b^',
	'\u001bX',
	'\u001b\\',
	'\u001b(0',
	'\u001bc',
	'\u0007',
	'\u009b',
	'\u009d',
	'\u0090',
	'\u009c',
	'\r',
	'\n',
	'\r\n',
	'\t',
	'\b',
	'\u0000',
	'\u007f',
	'\u202e',
	'\u2066',
	'\u200b',
	'\u200d',
	'\u200c',
	'\u2028',
	'\ufeff',
	'\u{e0041}',
	'\ud800',
	'\udc00',
	'\u0301'.repeat(9),
	'[',
	']',
	';',
	'm',
	'text',
	'é',
	'日本',
	'👩‍💻',
];
