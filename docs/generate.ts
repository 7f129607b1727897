import { readFileSync, writeFileSync } from 'node:fs';
import { manPage } from './man-page.ts';
import { fillIn } from './tables.ts';

// npm run docs: writes the generated parts of the README and the man page anew. A test holds them equal to the tables.
const readme = new URL('../README.md', import.meta.url);
writeFileSync(readme, fillIn(readFileSync(readme, 'utf8')));
writeFileSync(new URL('vpmon.1', import.meta.url), manPage());
