// ssh2 has an addon for the ciphers that halves the work of a transfer; without it all works, slower.
// A user's npm builds it; here its install script is off, because it downloads Node's headers. The
// `node` package includes them, so the benches build the addon themselves, for the Node that
// runs this project. Needs Python and a C++ compiler.
import {spawnSync} from 'node:child_process';
import {existsSync} from 'node:fs';
import path from 'node:path';

/** Builds the addon unless it is there. Returns whether it is there now. */
export function buildSsh2Addon(root) {
	const folder = path.join(root, 'node_modules', 'ssh2', 'lib', 'protocol', 'crypto');
	const addon = path.join(folder, 'build', 'Release', 'sshcrypto.node');
	if (existsSync(addon)) {
		return true;
	}

	const nodeFolder = findNode(root);
	const gyp = findNodeGyp();
	if (!nodeFolder || !gyp) {
		return false;
	}

	const node = path.join(nodeFolder, 'bin', 'node');
	const openssl = spawnSync(node, ['-p', 'process.versions.openssl'], {encoding: 'utf8'}).stdout;
	const words = [
		'rebuild',
		`--nodedir=${nodeFolder}`,
		`--real_openssl_major=${parseInt(openssl, 10)}`,
	];
	const env = {
		...process.env,
		PATH: path.join(nodeFolder, 'bin') + path.delimiter + process.env.PATH,
	};
	spawnSync(node, [gyp, ...words], {cwd: folder, env, stdio: 'ignore'});
	return existsSync(addon);
}

/** The folder of the project's Node with its headers. */
function findNode(root) {
	const name = `node-${process.platform}-${process.arch}`;
	return [
		path.join(root, 'node_modules', 'node', 'node_modules', name),
		path.join(root, 'node_modules', name),
	].find(folder => existsSync(path.join(folder, 'include', 'node', 'node_api.h')));
}

/** The one that comes with npm. */
function findNodeGyp() {
	const inNpm = path.join('node_modules', 'node-gyp', 'bin', 'node-gyp.js');
	const npm = process.env.npm_execpath
		? path.join(path.dirname(process.env.npm_execpath), '..')
		: path.join(spawnSync('npm', ['root', '-g'], {encoding: 'utf8'}).stdout?.trim() ?? '', 'npm');
	return [path.join(npm, inNpm)].find(file => existsSync(file));
}
