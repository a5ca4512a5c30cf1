/** The settings of the two ways in which Cosmos 3's prompts are made richer. */
import {operationTables, type Setting} from '../../settings/settings.js';
import {reasonerRows} from './rows.js';

const [createNew, force, limit] = operationTables.enhance;

const common = [
	createNew,
	force,
	{
		key: 'for',
		label: 'for',
		help: 'what the new prompt is for',
		main: true,
		scope: 'sample',
		kind: 'choice',
		default: 'video',
		choices: ['video', 'image'],
	},
	{
		key: 'seconds',
		label: 'seconds',
		help: 'length of the video; 0: that of its own video, or 8',
		main: true,
		scope: 'sample',
		kind: 'integer',
		default: 0,
		min: 0,
		max: 600,
		step: 1,
		unit: 's',
	},
	{
		key: 'showMedia',
		label: 'show media',
		help: "let it look at the prompt's image or video; an endpoint gets images alone, if its model sees them",
		main: true,
		scope: 'sample',
		kind: 'switch',
		default: true,
	},
] as const satisfies readonly Setting[];

/** Rows that the reasoner has for questions too. */
const shared = ['checkpoint', 'seed', 'guardrails', 'offloadGuardrails'];

export const endpointRows: readonly Setting[] = [...common, limit];

export const reasonerPromptRows: readonly Setting[] = [
	...common,
	...reasonerRows.filter(({key}) => shared.includes(key)),
	{...limit, default: 3600},
];
