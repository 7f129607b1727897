import { readFileSync } from 'node:fs';
import { execa } from 'execa';
import { describe, expect, test } from 'vitest';

const root = new URL('..', import.meta.url);
const read = (file: string) => readFileSync(new URL(file, root), 'utf8');
const manifest = JSON.parse(read('package.json'));
type Locked = {
	readonly version?: string;
	readonly hasInstallScript?: boolean;
	readonly integrity?: string;
	readonly link?: boolean;
};
const locked: ReadonlyArray<readonly [path: string, Locked]> = Object.entries(
	JSON.parse(read('package-lock.json')).packages as Record<string, Locked>,
);
const packages = locked.filter(([path, { link }]) => path.startsWith('node_modules/') && link !== true);

test('no install script is needed: those there are, are switched off by name', () => {
	const withScripts = packages
		.filter(([, { hasInstallScript }]) => hasInstallScript === true)
		.map(([path]) => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length));
	const switchedOff = Object.entries(manifest.allowScripts).filter(([, allowed]) => allowed === false);
	expect(withScripts.toSorted()).toEqual(switchedOff.map(([name]) => name).toSorted());
	expect(Object.keys(manifest.allowScripts)).toHaveLength(switchedOff.length);
});

test('every package is locked to what it holds', () => {
	expect(packages.length).toBeGreaterThan(100);
	expect(packages.filter(([, { integrity }]) => !/^sha512-/.test(integrity ?? '')).map(([path]) => path)).toEqual([]);
});

test('every direct dependency is justified in CONTRIBUTING', () => {
	const table = read('CONTRIBUTING.md').split('## Direct dependencies')[1] ?? '';
	const named = [...table.matchAll(/^\| ([^|]+) \|/gm)].flatMap(([, cell = '']) => cell.split(', '));
	const isNamed = (name: string) => named.includes(name) || (name.startsWith('@types/') && named.includes('@types/*'));
	expect(Object.keys(manifest.devDependencies).filter((name) => !isNamed(name))).toEqual([]);
	expect(manifest.dependencies).toBeUndefined();
});

describe('npm sbom', () => {
	const sbom = async (format: string) => {
		const { stdout } = await execa('npm', ['sbom', '--sbom-format', format], { cwd: root });
		return JSON.parse(stdout);
	};
	const shipped = ['ink', 'ssh2', 'commander', 'yoga-layout'].map((name) => {
		const [, { version } = {}] = packages.find(([path]) => path === `node_modules/${name}`) ?? [];
		return `${name}@${version}`;
	});

	test('writes CycloneDX', async () => {
		const { bomFormat, components } = await sbom('cyclonedx');
		expect(bomFormat).toBe('CycloneDX');
		const names = components.map((part: { name: string; version: string }) => `${part.name}@${part.version}`);
		expect(names).toEqual(expect.arrayContaining(shipped));
	});

	test('writes SPDX', async () => {
		const { spdxVersion, packages: parts } = await sbom('spdx');
		expect(spdxVersion).toMatch(/^SPDX-2/);
		const names = parts.map((part: { name: string; versionInfo: string }) => `${part.name}@${part.versionInfo}`);
		expect(names).toEqual(expect.arrayContaining(shipped));
	});
});
