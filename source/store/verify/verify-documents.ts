import {readFile} from 'node:fs/promises';
import path from 'node:path';
import {CosmosError} from '../../domain/errors.js';
import {counted} from '../../domain/text-format.js';
import type {Collection} from '../documents/collection.js';
import {exists} from '../documents/journal.js';
import {segmentOf} from '../documents/segment-edit.js';
import {isIntact} from '../documents/segment-text.js';
import {namesIn} from '../names-in.js';
import {DamagedFileError} from './damaged-file.js';
import type {CheckedStore, Repairable} from './finding.js';

type Document = {id: string};

/** Looks at every segment of one kind of document, whole. */
export async function checkDocuments<T extends Document>(
	checked: CheckedStore,
	collection: Collection<T>,
): Promise<Repairable[]> {
	const {segments} = collection;
	const names = await segments.names();
	const findings: Repairable[] = [];
	for (const name of names) {
		const file = segments.pathOf(name);
		try {
			const {damage, documents} = (await segments.peek(name)).data;
			findings.push(
				...(damage
					? [findingOfDamage(checked, collection, name, damage, documents.length)]
					: await checkSegment(checked, collection, {name, names, documents})),
			);
		} catch (error) {
			if (!(error instanceof CosmosError)) {
				throw error;
			}

			const what = error.message.replace(`${path.join(checked.root, file)} `, '');
			findings.push({kind: 'newer', path: file, what, advice: error.hint});
		}
	}

	return [...findings, ...(await checkNeighbours(checked, collection))];
}

function findingOfDamage<T extends Document>(
	{transaction}: CheckedStore,
	{segments}: Collection<T>,
	name: string,
	damage: DamagedFileError,
	saved: number,
): Repairable {
	const records = `${counted(saved, 'record')} that can be read`;
	return {
		kind: 'damaged',
		path: segments.pathOf(name),
		what: damage.damage,
		fix: saved === 0 ? 'move it aside' : `move it aside and keep the ${records}`,
		repair: () =>
			transaction(async () => {
				try {
					await segments.openForChange(name);
				} catch (error) {
					if (!(error instanceof DamagedFileError)) {
						throw error;
					}

					await segments.giveUp(error);
				}
			}),
	};
}

type Place<T> = {name: string; names: readonly string[]; documents: readonly T[]};

async function checkSegment<T extends Document>(
	checked: CheckedStore,
	collection: Collection<T>,
	{name, names, documents}: Place<T>,
): Promise<Repairable[]> {
	const {transaction, root, copyAside} = checked;
	const {segments} = collection;
	const file = segments.pathOf(name);
	const astray = documents.filter(({id}) => segmentOf(id, names) !== name);
	if (astray.length > 0) {
		return [
			{
				kind: 'astray',
				path: file,
				what: `holds ${counted(astray.length, 'record')} that belong in another file, the first is ${astray[0]?.id}`,
				fix: 'keep a copy and move its records where they belong; existing records are kept',
				repair: () =>
					transaction(async () => {
						const {data} = await segments.peek(name);
						await copyAside(file);
						const put: T[] = [];
						for (const document of data.documents) {
							const isAstray = segmentOf(document.id, names) !== name;
							if (isAstray && !(await collection.has(document.id))) {
								put.push(document);
							}
						}

						await collection.commit({put, remove: new Set(), tidy: name});
					}),
			},
		];
	}

	const text = await readFile(path.join(root, file), 'utf8').catch(() => '');
	if (!isSummed(text) || isIntact(text)) {
		return [];
	}

	return [
		{
			kind: 'index',
			path: file,
			what: 'was edited by hand: its index does not match its records',
			fix: 'rebuild the index from the records',
			repair: () =>
				transaction(async () => {
					await (await segments.openForChange(name)).write();
				}),
		},
	];
}

/** Old files have no sums, and need none. */
function isSummed(text: string): boolean {
	return /^.*"sums":"/.test(text.slice(0, 8192));
}

/** Files beside the segments: the leftovers of a crash, and what was moved aside earlier. */
async function checkNeighbours<T extends Document>(
	{root, transaction, putAside}: CheckedStore,
	{segments}: Collection<T>,
): Promise<Repairable[]> {
	const folder = path.posix.dirname(segments.pathOf('x'));
	const findings: Repairable[] = [];
	for (const entry of await namesIn(path.join(root, folder))) {
		const name = `${folder}/${entry}`;
		if (/\.json(\.previous)?\.tmp$/.test(entry)) {
			findings.push({
				kind: 'unfinished',
				path: name,
				what: 'was left by a writer that was killed',
				fix: 'move it aside',
				repair: () =>
					transaction(async () => {
						if (await exists(path.join(root, name))) {
							await putAside(name);
						}
					}),
			});
		} else if (/\.damaged-\d+$/.test(entry)) {
			findings.push({
				kind: 'kept',
				path: name,
				what: 'is a damaged file that was moved aside',
				advice: 'Remove it when you no longer need it.',
				isNote: true,
			});
		}
	}

	return findings;
}
