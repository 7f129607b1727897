import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const name = 'inventory.schema.json';

/** Where the JSON Schema of the inventory lies: in the npm package, or where the Debian package puts it; null where there is none. */
export function inventorySchemaFile(): string | null {
	const inPackage = fileURLToPath(new URL(`../docs/schemas/${name}`, import.meta.url));
	return [inPackage, `/usr/share/vpmon/schemas/${name}`].find((file) => existsSync(file)) ?? null;
}

/** The line by which editors with a YAML language server complete and check the inventory. */
export function schemaModeline(file: string): string {
	return `# yaml-language-server: $schema=${file}\n`;
}
