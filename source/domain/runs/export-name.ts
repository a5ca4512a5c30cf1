/** Names of exported files, made from a template and what is known of a run. */
import {CosmosError} from '../errors.js';
import {nearestWord} from '../nearest-word.js';
import {settingTexts} from '../settings/setting-texts.js';
import {kindName} from '../settings/settings-tables.js';
import {formatLocalTime} from '../text-format.js';
import type {Run} from '../types.js';

export const usualTemplate = '{name}-{n}';

/** The words of a template beside settings, in the order in which the help has them. */
export const templateWords = {
	n: 'a number, in the order in which the runs were created',
	name: 'the name of the prompt',
	id: 'the id of the run',
	kind: 'transfer, upscale, or the name of a recipe',
	model: 'the family of models',
	host: 'the host',
	date: 'when the run was created, 2026-11-24',
	time: 'the same, 12-04',
	stars: 'the rating; 0 without one',
	file: 'the name of the file among the outputs',
} as const;

const placeholder = /\{([^{}]*)\}/g;
/** What stands for a value that a run does not have. */
const noValue = 'none';
/** Bytes of a part of a name, without its ending: every file system takes them, with a number behind. */
const longestPart = 180;
/** Names that Windows reserves for devices. */
const devices = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i;

/** A result whose file is exported. */
export type Exported = {run: Run; file: string};

/**
 * The file that each result is exported to, as a relative path; only the template makes folders.
 * No two are the same file on any disk: a name that is taken gets a number.
 * @throws CosmosError (usage) for a word that no run has, or a template with an empty part
 */
export function exportNames(template: string, all: readonly Exported[]): string[] {
	const values = all.map((one, index) => valuesOf(one, index, all.length));
	const known = [...new Set(values.flatMap(one => [...one.keys()]))];
	for (const [whole, word = ''] of template.matchAll(placeholder)) {
		if (!known.includes(word)) {
			const near = nearestWord(word, known);
			throw new CosmosError('usage', `the template has an unknown word ${whole}`, {
				hint: near
					? `Did you mean {${near}}?`
					: `Known: ${Object.keys(templateWords).join(', ')}, and the settings of the runs.`,
			});
		}
	}

	return makeDistinct(
		all.map(({file}, index) => {
			const fill = (_: string, word: string) =>
				(values[index]?.get(word) ?? noValue).replaceAll('/', '-');
			const parts = template.split('/').map(part => safePart(part.replaceAll(placeholder, fill)));
			if (parts.some(part => part === '')) {
				throw new CosmosError('usage', `the template "${template}" has an empty part`, {
					hint: 'Give the name of a file in the folder, such as {name}-{seed}.',
				});
			}

			return parts.join('/') + extensionOf(file);
		}),
	);
}

function valuesOf({run, file}: Exported, index: number, count: number): Map<string, string> {
	const [date = '', time = ''] = formatLocalTime(run.createdAt).split(' ');
	const base = file.split('/').at(-1) ?? '';
	const own: Record<keyof typeof templateWords, string> = {
		n: String(index + 1).padStart(String(count).length, '0'),
		name: run.promptName,
		id: run.id,
		kind: kindName(run),
		model: run.model,
		host: run.host,
		date,
		time: time.replace(':', '-'),
		stars: String(run.rating ?? 0),
		file: base.slice(0, base.length - extensionOf(base).length),
	};
	return new Map([...settingTexts(run), ...Object.entries(own)]);
}

const extensionOf = (file: string) => /\.\w+$/.exec(file)?.[0].toLowerCase() ?? '';

/** A part of a path that every system accepts, and that no program mistakes for an option. */
function safePart(text: string): string {
	const plain = text
		.normalize('NFC')
		.replaceAll(/[\\:*?"<>|]/g, '-')
		.replaceAll(/[\p{Cc}\p{Cf}\p{Cs}]/gu, '')
		.replaceAll(/\s+/g, ' ');
	const cut = cutBytes(plain.replace(/^[\s.-]+/, ''), longestPart).replace(/[\s.]+$/, '');
	return devices.test(cut) ? `_${cut}` : cut;
}

function cutBytes(text: string, most: number): string {
	let size = 0;
	let kept = '';
	for (const sign of text) {
		size += new TextEncoder().encode(sign).length;
		if (size > most) {
			break;
		}

		kept += sign;
	}

	return kept;
}

/** The same names, with a number behind those that a disk would take for an earlier one. */
function makeDistinct(names: readonly string[]): string[] {
	const taken = new Set<string>();
	/** The number to try next, by the name: thousands of results may share one. */
	const next = new Map<string, number>();
	return names.map(name => {
		const end = extensionOf(name);
		const key = name.toLowerCase();
		let count = next.get(key) ?? 2;
		let own = name;
		while (taken.has(own.toLowerCase())) {
			own = `${name.slice(0, name.length - end.length)}-${count++}${end}`;
		}

		next.set(key, count);
		taken.add(own.toLowerCase());
		return own;
	});
}
