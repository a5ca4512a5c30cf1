import {Typing} from '../../components/typing.js';
import {expandHome} from '../../config/places.js';
import {
	type CommandSubject,
	fillWords,
	namesIn,
	type OwnCommand,
	variableOf,
} from '../../domain/own-command.js';
import {span} from '../../state/content/line.js';
import type {Context, DashboardState, Key, Step} from '../../state/dashboard-state.js';
import {withCustomKeys} from '../../state/keys/custom-keys.js';
import {homeKeys, overlayKeys, show, textKeys} from '../../state/keys/key-row.js';
import type {OverlayOf} from '../../state/overlay.js';
import {editText, insertText, type TextField, textField} from '../../state/text-field.js';
import type {Feature} from '../feature.js';
import {type OwnValues, ownObstacle, ownValues} from './own-values.js';

declare module '../../state/overlay.js' {
	interface Overlays {
		/** Typing the answer to the next question of a command; those before it are in `answers`. */
		'own-ask': {
			command: OwnCommand;
			targets: readonly OwnValues[];
			answers: Readonly<Record<string, string>>;
			field: TextField;
		};
	}
}

const askContext: Context = {
	name: 'own-ask',
	title: 'Answers for a command of your own',
	order: 62,
};

/** Commands for different things never have the keys at the same time, but for a run and its outputs. */
const contexts: Readonly<Record<CommandSubject, Context>> = {
	run: contextOf('run', ['prompt', 'queue'], ({subject}) => subject === 'runs'),
	output: contextOf('output', ['prompt', 'queue'], ({subject}) => subject === 'runs'),
	prompt: contextOf('prompt', ['run', 'output', 'queue'], ({subject}) => subject === 'prompts'),
	queue: contextOf('queue', ['run', 'output', 'prompt'], ({subject}) => subject === 'queue'),
};

function contextOf(
	on: CommandSubject,
	others: readonly CommandSubject[],
	isActive: (state: DashboardState) => boolean,
): Context {
	return {
		name: `own-${on}`,
		title:
			on === 'queue'
				? 'Your commands for a job'
				: `Your commands for ${on === 'output' ? 'an' : 'a'} ${on}`,
		order: 0.5,
		rank: 1,
		isActive,
		apart: [...others.map(one => `own-${one}`), ...(on === 'queue' ? [] : ['queue'])],
	};
}

/** As the key table calls it, apart from the dashboard's own: `commands.play`. */
const ownName = (name: string) => `commands.${name}`;

/**
 * The key table with the commands of the configuration, and the keys that it gives to any.
 * @throws CosmosError (configuration) for a key that two commands would have
 */
export function withOwnCommands(
	table: readonly Key[],
	commands: readonly OwnCommand[],
	keys: Readonly<Record<string, string>>,
): readonly Key[] {
	const own = commands.flatMap(command => {
		const row = homeKeys(
			contexts[command.on],
			[
				[
					ownName(command.name),
					'',
					'',
					`${command.name}: ${command.run.join(' ')}`,
					state => begin(state, command),
					{disabled: state => ownObstacle(state, command, namesIn(command.run))},
				],
			],
			{changes: true, verb: command.name},
		);
		return row.map(key => ({...key, keys: []}));
	});
	const given = commands.flatMap(({name, key}) =>
		key === undefined ? [] : [[ownName(name), key] as const],
	);
	return withCustomKeys([...table, ...own], {...Object.fromEntries(given), ...keys});
}

/** Commands of the configuration: what they ask before they run. */
export const ownCommands = {
	overlays: {
		'own-ask': {
			keys: [
				...overlayKeys('own-ask', askContext, [
					['own-answer', 'enter', 'go on', 'confirm the answer', answer],
					['own-cancel', 'esc', 'cancel', 'run nothing', state => show(state, undefined)],
				]),
				...textKeys('own-ask', (state, overlay, edit) =>
					show(state, {...overlay, field: editText(overlay.field, edit)}),
				),
			],
			type: (state, overlay, text) =>
				show(state, {...overlay, field: insertText(overlay.field, text, false)}),
			view: ({state, overlay}) => (
				<Typing
					title={[span('accent', overlay.command.name)]}
					rows={1}
					placeholder={questionOf(overlay)?.[1] ?? ''}
					form={{field: overlay.field, refusal: ''}}
					state={state}
				/>
			),
		},
	},
} satisfies Feature;

/** Asks what the command wants to know, then whether it is meant, and runs it. */
function begin(state: DashboardState, command: OwnCommand): Step {
	return goOn(state, {
		...{kind: 'own-ask', command, answers: {}, field: textField()},
		targets: ownValues(state, command),
	});
}

/** The name and the text of the question that has no answer yet. */
const questionOf = ({command, answers}: Pick<OverlayOf<'own-ask'>, 'command' | 'answers'>) =>
	Object.entries(command.ask).find(([name]) => answers[name] === undefined);

function answer(state: DashboardState, overlay: OverlayOf<'own-ask'>): Step {
	const [name] = questionOf(overlay) ?? [];
	const text = overlay.field.text.trim();
	return name === undefined || text === ''
		? [state]
		: goOn(state, {
				...overlay,
				answers: {...overlay.answers, [name]: expandHome(text)},
				field: textField(),
			});
}

function goOn(state: DashboardState, asked: OverlayOf<'own-ask'>): Step {
	if (questionOf(asked)) {
		return show(state, asked);
	}

	const {command, targets, answers} = asked;
	const {name, run, output, confirm} = command;
	const calls = targets.map(values => {
		const all = {
			...values,
			...Object.fromEntries(Object.entries(answers).map(([key, text]) => [`ask.${key}`, text])),
		};
		const env = Object.entries(all).map(([key, text = '']) => [variableOf(key), text]);
		return {words: fillWords(run, all), env: Object.fromEntries(env) as Record<string, string>};
	});
	const effect = {kind: 'program', name, calls, output} as const;
	if (confirm === undefined) {
		return [{...state, overlay: undefined}, effect];
	}

	const names = targets.map(({name: what = '', id = ''}) => `${id}  ${what}`);
	return show(state, {
		kind: 'confirm',
		title: name,
		lines: [
			confirm,
			...names.slice(0, 8),
			...(names.length > 8 ? [`and ${names.length - 8} more`] : []),
		],
		yes: 'run it',
		no: 'run nothing',
		effect,
	});
}
