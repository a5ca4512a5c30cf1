// Node's own modules, loaded on first use. An ES module that imports one has
// Node ask for everything in it, and so load what lies behind: for a dashboard that shows its first
// frame and has used little of it, a tenth of its start. `require` asks for nothing.
import {builtinModules} from 'node:module';

/** What every start uses, and much: these are had at once and without a detour. */
const atOnce = ['events', 'fs', 'fs/promises', 'os', 'path', 'process', 'stream', 'tty'];

const known = new Set(builtinModules);

export const lazyBuiltins = {
	name: 'lazy-builtins',
	setup(plugin) {
		const namespace = 'node-builtin';
		plugin.onResolve({filter: /^(node:)?[a-z_/0-9]+$/}, ({path, kind, namespace: from}) => {
			const name = path.replace(/^node:/, '');
			const isOurs = from === namespace || kind === 'dynamic-import';
			const isWanted = known.has(name) && (kind === 'import-statement' || !atOnce.includes(name));
			return isWanted && !isOurs ? {path: name, namespace} : undefined;
		});
		plugin.onLoad({filter: /.*/, namespace}, async ({path: name}) => ({
			contents: atOnce.includes(name) ? await eager(name) : lazy(name),
			loader: 'js',
		}));
	},
};

/** A name that nobody imports is left out of the bundle. */
async function eager(name) {
	const names = Object.keys(await import(`node:${name}`)).filter(
		one => one !== 'default' && /^[A-Za-z_$][\w$]*$/.test(one),
	);
	const exported = names.map(one => `export const ${one} = /* @__PURE__ */ (() => all.${one})();`);
	return `const all = require('node:${name}');\nexport default all;\n${exported.join('\n')}\n`;
}

/** Of a module in CommonJS a bundle reads each name where it is used. */
function lazy(name) {
	return `let all;
const get = (_, name) => (all ??= require('node:${name}'))[name];
module.exports = Object.create(new Proxy({}, {get}));
`;
}
