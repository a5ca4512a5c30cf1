/** The settings of the two ways in which Cosmos 3's prompts are made richer. */
import {
	choiceRow,
	integerRow,
	operationTables,
	type Setting,
	switchRow,
} from '../../settings/settings.js';
import {reasonerRows} from './rows.js';

const [createNew, force, limit] = operationTables.enhance;

const mediaHelp =
	"let it look at the prompt's image or video; an endpoint gets images alone, if its model sees them";

const common = [
	createNew,
	force,
	choiceRow('for', 'sample', 'video', ['video', 'image'], 'what the new prompt is for'),
	integerRow(
		'seconds',
		'sample',
		0,
		[0, 600, 1],
		'length of the video; 0: that of its own video, or 8',
		{
			unit: 's',
		},
	),
	switchRow('showMedia', 'sample', true, mediaHelp, {label: 'show media'}),
] as const satisfies readonly Setting[];

/** Rows that the reasoner has for questions too. */
const shared = ['checkpoint', 'seed', 'guardrails', 'offloadGuardrails'];

export const endpointRows: readonly Setting[] = [...common, limit];

export const reasonerPromptRows: readonly Setting[] = [
	...common,
	...reasonerRows.filter(({key}) => shared.includes(key)),
	{...limit, default: 3600},
];
