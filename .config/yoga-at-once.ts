import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'rolldown';

const packaged = fileURLToPath(import.meta.resolve('yoga-layout'));
const binary = fileURLToPath(new URL('../binaries/yoga-wasm-base64-esm.js', `file://${packaged}`));
const dataUrl = /"data:application\/octet-stream;base64,([\w+/=]+)"/;

/** Ink's layout engine without the await that its package has at the top: CommonJS has none. */
export const yogaAtOnce = {
	name: 'yoga-at-once',
	load(id) {
		if (id === binary) return readFileSync(binary, 'utf8').replace(dataUrl, '""');
		if (id !== packaged) return null;
		const [, wasm] = dataUrl.exec(readFileSync(binary, 'utf8')) ?? [];
		if (wasm === undefined) throw new Error('yoga-layout has its WebAssembly somewhere else now');
		// What Emscripten asks for the instance, and fills in when it has it.
		return `
			import loadYoga from '../binaries/yoga-wasm-base64-esm.js';
			import wrapAssembly from './wrapAssembly.js';
			const yoga = {
				instantiateWasm(imports, done) {
					const wasm = new WebAssembly.Module(Buffer.from('${wasm}', 'base64'));
					const instance = new WebAssembly.Instance(wasm, imports);
					done(instance);
					return instance.exports;
				},
			};
			loadYoga(yoga);
			export default wrapAssembly(yoga);
			export * from './generated/YGEnums.js';
		`;
	},
} satisfies Plugin;
