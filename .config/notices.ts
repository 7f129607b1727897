import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Plugin } from 'rolldown';

/** Writes dist/NOTICES.txt: the licenses of all packages that went into the bundle, as they ask for. */
export function notices(): Plugin {
	return {
		name: 'notices',
		generateBundle(_options, bundle) {
			const modules = Object.values(bundle).flatMap((part) => (part.type === 'chunk' ? part.moduleIds : []));
			const packages = new Set(modules.filter((id) => id.includes('node_modules')).map(packageOf));
			const texts = [...packages].sort().map((directory) => {
				const { name, version, license } = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8'));
				const entries = readdirSync(directory);
				const file =
					entries.find((entry) => /^licen[cs]e/i.test(entry)) ?? entries.find((entry) => /^copyright/i.test(entry));
				const text = file === undefined ? `License: ${license}` : readFileSync(join(directory, file), 'utf8').trim();
				return `${name} ${version}\n\n${text}\n`;
			});
			this.emitFile({ type: 'asset', fileName: 'NOTICES.txt', source: texts.join(`\n${'-'.repeat(72)}\n\n`) });
		},
	};
}

/** The nearest folder with a package.json that has a name: some packages have others inside. */
function packageOf(id: string): string {
	let directory = dirname(id.replace(/^\0/, '').replace(/\?.*$/, ''));
	while (!isPackage(directory)) directory = dirname(directory);
	return directory;
}

function isPackage(directory: string): boolean {
	const file = join(directory, 'package.json');
	return existsSync(file) && JSON.parse(readFileSync(file, 'utf8')).version !== undefined;
}
