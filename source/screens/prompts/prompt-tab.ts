import {diffLines} from '../../domain/prompts/line-diff.js';
import {isStructured, readableText} from '../../domain/prompts/structured-text.js';
import {cleanText} from '../../domain/runs/log-lines.js';
import {kindName} from '../../domain/settings/settings-tables.js';
import {formatLocalTime} from '../../domain/text-format.js';
import type {Prompt} from '../../domain/types.js';
import {paragraph} from '../../state/content/content-lines.js';
import {type Line, span} from '../../state/content/line.js';
import {cutStart, pad, wrap} from '../../state/content/text-layout.js';
import type {DashboardState} from '../../state/dashboard-state.js';
import {keyOf} from '../../state/keys/keymap.js';
import {standing} from '../../state/selectors.js';
import {isWelcoming, welcomeLines} from '../home/empty-texts.js';
import {pictureLines} from '../pictures/picture-content.js';
import {annotationLines} from '../records/stars.js';
import {inputLine, roleWidth} from './input-lines.js';

/**
 * The Prompt tab: texts, videos and their pictures, runs, where it came from.
 * @param height rows that are seen at once
 */
export function promptLines(
	state: DashboardState,
	prompt: Prompt,
	width: number,
	height: number,
): Line[] {
	const before = [
		...(isWelcoming(state)
			? [...welcomeLines(state, width), [], [span('dim', '─'.repeat(width))], []]
			: []),
		...annotationLines(prompt, width),
		...paragraph(readableText(prompt.text), width),
		...(prompt.negative === ''
			? []
			: [[], [span('dim', 'negative')], ...paragraph(prompt.negative, width)]),
		[],
		...inputsByKind(prompt, width),
	];
	const after = [
		[],
		...runLines(state, prompt),
		...pastLines(prompt, width),
		[],
		...parentLines(state, prompt),
		[
			span('dim', `${prompt.id}, created ${formatLocalTime(prompt.createdAt)}`),
			span('dim', prompt.model ? `, for ${cleanText(prompt.model)}` : ''),
		],
	];
	const free = height - before.length - after.length;
	return [...before, ...pictureLines(state, width, free), ...after];
}

function runLines(state: DashboardState, prompt: Prompt): Line[] {
	const runs = (state.runs ?? []).filter(({run}) => run.promptId === prompt.id);
	const none = `no runs yet: ${keyOf(state, 'launch')} launches one`;
	return [
		[span('dim', runs.length === 0 ? none : 'runs')],
		...runs
			.slice(0, 20)
			.map(shown => [
				`  ${shown.run.id}  ${pad(kindName(shown.run), Math.max(9, kindName(shown.run).length + 1))}${pad(standing(state, shown), 20)} `,
				span('dim', `${shown.run.host}  ${formatLocalTime(shown.run.createdAt)}`),
			]),
	];
}

/** Where an enhanced text came from. */
function parentLines({prompts = []}: DashboardState, {parentId, enhancedBy}: Prompt): Line[] {
	if (parentId === undefined) {
		return [];
	}

	const parent = prompts.find(({id}) => id === parentId);
	return [
		[
			span('dim', 'enhanced from '),
			`${parent ? `${parent.name}, ` : ''}${parentId}`,
			span('dim', enhancedBy === undefined ? '' : `, by ${enhancedBy}`),
		],
	];
}

/** Its inputs by their kinds, with their roles, and the folder that they are from. */
function inputsByKind({inputs, videoDir}: Prompt, width: number): Line[] {
	const folder = cutStart(cleanText(videoDir), width - 8);
	const groups = inputGroups.flatMap(({title, kinds}) => {
		const some = inputs.filter(({kind = 'video'}) => kinds.includes(kind));
		return some.length === 0 ? [] : [{title, some}];
	});
	return groups.length === 0
		? [[span('dim', 'no videos or images: a text alone')]]
		: groups.flatMap(({title, some}): Line[] => [
				[span('dim', title.padEnd(8)), videoDir === '' ? '' : folder],
				...some.map(input => inputLine(input, roleWidth(inputs))),
			]);
}

const inputGroups = [
	{title: 'videos', kinds: ['video']},
	{title: 'images', kinds: ['image']},
	{title: 'files', kinds: ['audio', 'json', 'text']},
];

/** The texts before this one, newest first: of structured ones what the next has changed. */
function pastLines({history = [], text: now}: Prompt, width: number): Line[] {
	return history.flatMap((_, index) => {
		// From the newest on.
		const at = history.length - 1 - index;
		const {text, replacedAt, by} = history[at] as (typeof history)[number];
		const next = history[at + 1]?.text ?? now;
		const how = by === undefined ? 'edited' : `replaced by ${by}`;
		return [
			[],
			[span('dim', `until ${formatLocalTime(replacedAt)}, ${how}`)],
			...(isStructured(text) && isStructured(next)
				? changedLines(text, next, width)
				: paragraph(readableText(text), width)),
		];
	});
}

function changedLines(text: string, next: string, width: number): Line[] {
	return diffLines(readableText(text), readableText(next))
		.filter(({sign}) => sign !== ' ')
		.flatMap(({sign, text: line}) =>
			wrap(cleanText(line), width - 2).map(
				(row): Line => [span(sign === '-' ? 'bad' : 'good', `${sign} ${row}`)],
			),
		);
}
