import { readFileSync, writeFileSync } from 'node:fs';
import { jsonSchemas, schemaText } from './json-schemas.ts';
import { manPage } from './man-page.ts';
import { pages } from './pages.ts';
import { fillIn } from './tables.ts';

// npm run docs: writes the generated parts of the pages, the man page and the JSON Schemas anew. A test holds them equal to the tables.
for (const page of pages()) writeFileSync(page, fillIn(readFileSync(page, 'utf8')));
writeFileSync(new URL('vpmon.1', import.meta.url), manPage());
for (const [name, schema] of Object.entries(jsonSchemas))
	writeFileSync(new URL(`schemas/${name}`, import.meta.url), schemaText(schema));
