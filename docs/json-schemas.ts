import { toJsonSchema } from '@valibot/to-json-schema';
import { causes } from '../source/domain/cause.ts';
import { attributeNames, checkIds } from '../source/domain/check.ts';
import { verdictsWorstFirst } from '../source/domain/verdict.ts';
import { inventorySchema } from '../source/inventory/schema.ts';

/**
 * JSON Schemas of what vpmon reads and prints, for editors and scripts. That of the inventory is made from the rules that the file is
 * read by; the others from the program's own lists. That of the report is written by hand, beside them.
 */

type Schema = { readonly [keyword: string]: unknown };

const dialect = 'https://json-schema.org/draft/2020-12/schema';
const statuses = ['online', 'degraded', 'offline', 'needs-recovery', 'unknown'];
const rowVerdicts = ['pass', 'warn', 'fail', 'skip', 'unknown', 'untested'];

const text: Schema = { type: 'string' };
const count: Schema = { type: 'integer', minimum: 0 };
const time: Schema = { type: 'string', format: 'date-time' };
const orNull = (schema: Schema): Schema => ({ anyOf: [schema, { type: 'null' }] });
const list = (items: Schema): Schema => ({ type: 'array', items });
const cause: Schema = { enum: causes };
const rowVerdict: Schema = { enum: rowVerdicts };
const verdict: Schema = { enum: verdictsWorstFirst };
const about = (description: string, schema: Schema): Schema => ({ ...schema, description });

/** All of these fields are always there; others may be added within a schemaVersion. */
function record(properties: Readonly<Record<string, Schema>>, optional: Readonly<Record<string, Schema>> = {}): Schema {
	return { type: 'object', required: Object.keys(properties), properties: { ...properties, ...optional } };
}

const row = record({
	id: { enum: checkIds },
	verdict: rowVerdict,
	cause: orNull(cause),
	summary: about('One line for people', text),
	action: about('The first thing to do about it', orNull(text)),
	measuredAt: about('Null when never measured', orNull(time)),
	measuredFrom: about('The host that the probe left from', text),
	measuredBy: about(
		'The program that measured, with its user where that is another one: exporter of anna',
		orNull(text),
	),
	comparedWith: about('What the measurement was held against, and whose copy that is', orNull(text)),
	durationMs: orNull({ type: 'number' }),
	evidence: about('What came back; its fields depend on the check', { type: 'object' }),
});

const sessionWords = record({
	text: about('Cleaned, without secrets', text),
	givenAt: time,
	givenBy: orNull(text),
	known: { type: 'boolean' },
	from: { enum: ['session', 'target-log'] },
	quote: text,
	check: orNull({ enum: checkIds }),
	causes: list(cause),
	agrees: orNull({ type: 'boolean' }),
	summary: text,
});

const group = record({
	cause,
	shared: about('What all of its Safes have in common', {
		type: 'object',
		propertyNames: { enum: attributeNames },
		additionalProperties: text,
	}),
	contrast: about('How many of the failing and of the passing Safes have the attribute that explains the group', {
		type: ['object', 'null'],
	}),
	safes: list(text),
	headline: text,
});

const coverage = record(
	{
		url: text,
		safes: orNull(count),
		withoutTarget: list(record({ id: text, name: orNull(text) })),
		readAt: orNull(time),
		problem: orNull(text),
	},
	{ unreadable: count },
);

const check: Schema = {
	$schema: dialect,
	title: 'vpmon check --json',
	...record(
		{
			schemaVersion: { const: 1 },
			generatedAt: time,
			measuredFrom: text,
			summary: record(
				Object.fromEntries(['safes', 'pass', 'warn', 'fail', 'unknown', 'untested'].map((key) => [key, count])),
			),
			connectors: list(
				record({
					name: text,
					status: { enum: statuses },
					verdict: rowVerdict,
					summary: text,
					measuredAt: orNull(time),
					measuredBy: orNull(text),
					evidence: { type: 'object' },
				}),
			),
			groups: about('Safes that fail for one common cause', list(group)),
			safes: list(
				record(
					{
						name: text,
						connector: text,
						target: about('host:port', text),
						username: text,
						verdict,
						cause: about('Of the first row, in the order of the runbook, that fails', orNull(cause)),
						headline: text,
						checks: about('The five rows, in the order of the runbook', { ...list(row), minItems: 5, maxItems: 5 }),
					},
					{ sessionWords },
				),
			),
		},
		{ coverage: about('Safes that VaultPAM has and the inventory has not, where it was asked', coverage) },
	),
};

const standing = record({ verdict, cause: orNull(cause) });
const change = record({
	check: { enum: checkIds },
	from: rowVerdict,
	to: rowVerdict,
	cause: orNull(cause),
	summary: text,
});

const history: Schema = {
	$schema: dialect,
	title: 'vpmon history --json',
	...record(
		{
			schemaVersion: { const: 1 },
			generatedAt: time,
			safe: about('The Safe that was asked for; null for all', orNull(text)),
			events: about(
				'Oldest first',
				list({
					oneOf: [
						record(
							{
								kind: { const: 'safes' },
								at: time,
								connector: text,
								safes: list(text),
								from: orNull(standing),
								to: standing,
								rows: list(change),
								summary: text,
							},
							{ id: text },
						),
						record(
							{
								kind: { const: 'connector' },
								at: time,
								connector: text,
								from: orNull({ enum: statuses }),
								to: { enum: statuses },
								summary: text,
							},
							{ id: text },
						),
						record({ kind: { const: 'sweep' }, at: time, done: count, total: count }),
						record({ kind: { const: 'watch' }, at: time, begun: { type: 'boolean' } }),
					],
				}),
			),
		},
		{ standing, since: time, lastGood: orNull(time), changesInADay: count },
	),
};

const explain: Schema = {
	$schema: dialect,
	title: 'vpmon explain --json',
	...record({
		schemaVersion: { const: 1 },
		text: about('Cleaned, without secrets', text),
		known: about("False for a text that is none of the runbook's messages", { type: 'boolean' }),
		check: orNull({ enum: checkIds }),
		causes: about('In the order of the runbook', list(cause)),
		proves: orNull(text),
		doesNotProve: orNull(text),
		steps: list(text),
	}),
};

/** What a rule expects stands in its message: an editor shows it beside the field. */
const inventory: Schema = {
	...toJsonSchema(inventorySchema, {
		target: 'draft-2020-12',
		typeMode: 'input',
		errorMode: 'ignore',
		overrideSchema: ({ valibotSchema, jsonSchema }) => {
			const { message } = valibotSchema as { message?: unknown };
			return typeof message === 'string' ? { ...jsonSchema, description: message } : jsonSchema;
		},
	}),
	title: 'Inventory of vpmon',
};

/** Each file of docs/schemas that is generated, by its name. */
export const jsonSchemas: Readonly<Record<string, Schema>> = {
	'inventory.schema.json': inventory,
	'check.schema.json': check,
	'history.schema.json': history,
	'explain.schema.json': explain,
};

export function schemaText(schema: Schema): string {
	return `${JSON.stringify(schema, null, '\t')}\n`;
}
