import {exitCodes} from '../domain/error-codes.js';
import {messageOf} from '../domain/errors.js';
import {counted} from '../domain/text-format.js';
import type {Finding, Repairable} from '../store/verify/finding.js';
import {jsonText} from './print/json.js';
import {type CommandContext, jsonFlag, switchFlag, type Verb} from './verb.js';

/** How often `--fix` checks again after its repairs. */
const mostPasses = 4;

export const verify: Verb = {
	name: 'verify',
	summary: 'check the data folder, and repair it with --fix',
	usage: '[flags]',
	details: `
Looks for damaged files, an index that does not match (also that of the queue), records in the wrong file,
interrupted changes and downloads, locks of dead processes, folders without a run, and missing or changed
outputs. Nothing is changed without --fix, which prints each repair and does it. Files with data are never
removed: they are moved to \`set-aside/\` in the data folder, or kept next to their file as \`….damaged-1\`.`,
	args: [0, 0],
	flags: [
		switchFlag('fix', 'repair what can be repaired'),
		switchFlag('deep', 'also compare the hash of every output (reads all of them)'),
		jsonFlag,
	],
	exitCodes: [
		[0, 'everything is fine, or has been repaired'],
		[6, 'something is still wrong'],
	],
	examples: [
		['cosmos verify', 'what is wrong, and what --fix would do'],
		['cosmos verify --fix', 'after a power cut, or when a message suggests it'],
		['cosmos verify --deep --json', 'for a program, with hashes'],
	],
	async run(context, words) {
		const workflow = await context.workflow();
		const findings = await workflow.verify({
			deep: words.on('deep'),
			onProgress: what => context.live(`reading ${what}`),
		});
		context.live('');
		const problems = findings.filter(({isNote}) => !isNote);
		if (!words.on('json')) {
			show(context, findings, words.on('fix'));
		}

		let left = words.on('fix') ? await mend(context, problems) : problems;
		// A repaired file may reveal further problems.
		for (let pass = 1; words.on('fix') && pass < mostPasses; pass++) {
			const found = await workflow.verify({deep: words.on('deep')});
			const more = found.filter(one => one.fix && !left.some(known => isSame(known, one)));
			if (more.length === 0) {
				break;
			}

			if (!words.on('json')) {
				show(context, more, true);
			}

			left = [...left, ...(await mend(context, more))];
		}

		if (words.on('json')) {
			const records = findings.map(({repair: _, ...finding}) => ({
				...finding,
				fixed: words.on('fix') && !finding.isNote && !left.some(one => isSame(one, finding)),
			}));
			context.out(jsonText('verify', records));
		} else if (words.on('fix') && problems.length > 0) {
			context.out(`mended ${problems.length - left.length} of ${problems.length}\n`);
		}

		return left.length === 0 ? 0 : exitCodes.home;
	},
};

function isSame(one: Finding, other: Finding): boolean {
	return one.path === other.path && one.what === other.what;
}

function show({out}: CommandContext, findings: readonly Finding[], fixing: boolean): void {
	const problems = findings.filter(({isNote}) => !isNote);
	for (const {path, what, fix, advice, isNote} of findings) {
		out(`${isNote ? 'note: ' : ''}${path} ${what}\n`);
		const doing = fix && `${fixing ? 'mending' : '--fix'}: ${fix}`;
		for (const line of [doing, advice].filter(Boolean)) {
			out(`  ${line}\n`);
		}
	}

	out(
		problems.length === 0
			? 'no problems found\n'
			: `${counted(problems.length, 'problem')}, ${problems.filter(({fix}) => fix).length} of them can be repaired\n`,
	);
}

/** Returns the problems that stay. */
async function mend(
	{problem}: CommandContext,
	problems: readonly Repairable[],
): Promise<Repairable[]> {
	const left: Repairable[] = [];
	for (const one of problems) {
		try {
			if (one.repair) {
				await one.repair();
			} else {
				left.push(one);
			}
		} catch (error) {
			problem(`${one.path}: ${messageOf(error)}\n`);
			left.push(one);
		}
	}

	return left;
}
