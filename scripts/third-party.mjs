// The licences of what is bundled: a bundle holds the code of packages without their licence files.
import {readdir, readFile} from 'node:fs/promises';
import path from 'node:path';
import {fileURLToPath} from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Packages under the MIT licence that ship no file of it, and the copyright that their sources state. */
const withoutFile = {
	'yoga-layout': 'Copyright (c) Meta Platforms, Inc. and affiliates.',
};

/** What some contain besides, as they say themselves. */
const contained = {
	'h264-mp4-encoder':
		'It contains minih264 (public domain, https://github.com/lieff/minih264) and libmp4v2\n(MPL 1.1, https://github.com/sergiomb2/libmp4v2).',
};

/** The folders of the packages whose code a build has taken in, from its metafile. */
export function bundledPackages({outputs}) {
	const files = Object.values(outputs).flatMap(({inputs}) => Object.keys(inputs));
	const folders = files.flatMap(
		file => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0] ?? [],
	);
	return [...new Set(folders)].sort();
}

/**
 * The text of the file that the package ships.
 * @throws Error for a package whose licence is not known
 */
export async function thirdPartyText(metafile) {
	const parts = await Promise.all(bundledPackages(metafile).map(licenceOf));
	return [
		'The programs in this folder contain the code of these packages.\n',
		...new Set(parts),
	].join(`\n${'-'.repeat(80)}\n\n`);
}

async function licenceOf(folder) {
	const place = path.join(root, folder);
	const {name, version, license, homepage, repository} = JSON.parse(
		await readFile(path.join(place, 'package.json'), 'utf8'),
	);
	if (typeof license !== 'string') {
		throw new Error(`${name} does not say its licence`);
	}

	const names = (await readdir(place)).filter(file => /^(licen[cs]e|notice|copying)\b/i.test(file));
	const texts = await Promise.all(
		names.sort().map(file => readFile(path.join(place, file), 'utf8')),
	);
	if (texts.length === 0) {
		texts.push(await mitText(name, license));
	}

	const source = addressOf(repository?.url ?? repository ?? homepage);
	const head = [`${name} ${version}`, `License: ${license}`, `Source: ${source}`, contained[name]];
	return `${head.filter(Boolean).join('\n')}\n\n${texts.map(text => `${text.trim()}\n`).join('\n')}`;
}

/** `git+https://github.com/a/b.git`, `github:a/b` and `a/b` as a browser takes them. */
function addressOf(repository) {
	return repository
		.replace(/^(?:github:)?([\w.-]+\/[\w.-]+)$/, 'https://github.com/$1')
		.replace(/^(?:git@github\.com:|git\+ssh:\/\/git@github\.com\/)/, 'https://github.com/')
		.replace(/^git(?:\+https)?:\/\//, 'https://')
		.replace(/\.git$/, '');
}

async function mitText(name, license) {
	const copyright = withoutFile[name];
	if (license !== 'MIT' || copyright === undefined) {
		throw new Error(
			`${name} has no licence file: look at it, then name it in scripts/third-party.mjs`,
		);
	}

	const own = await readFile(path.join(root, 'LICENSE'), 'utf8');
	return own.replace(/^Copyright .*$/m, copyright);
}
