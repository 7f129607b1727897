import { readFileSync, writeFileSync } from 'node:fs';
import { fillIn } from './tables.ts';

// npm run docs: writes the generated parts of the README anew. A test holds them equal to the tables.
const readme = new URL('../README.md', import.meta.url);
writeFileSync(readme, fillIn(readFileSync(readme, 'utf8')));
