import { Ajv2020 } from 'ajv/dist/2020.js';
import { jsonSchemas } from '../../docs/json-schemas.ts';

const ajv = new Ajv2020({ allErrors: true, formats: { 'date-time': /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/ } });

/** Fields that the schema does not name are an error here: to other programs it promises that some may be added. */
function strict(schema: unknown): unknown {
	if (Array.isArray(schema)) return schema.map(strict);
	if (typeof schema !== 'object' || schema === null) return schema;
	const whole = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, strict(value)]));
	return 'required' in whole && !('additionalProperties' in whole) ? { ...whole, additionalProperties: false } : whole;
}

/** What a generated schema of docs/schemas has against data. */
export function problemsOf(name: string, data: unknown): unknown[] {
	const key = `strict ${name}`;
	const validate = ajv.getSchema(key) ?? ajv.addSchema(strict(jsonSchemas[name]) as object, key).getSchema(key);
	if (validate === undefined) throw new Error(name);
	validate(data);
	return validate.errors ?? [];
}
