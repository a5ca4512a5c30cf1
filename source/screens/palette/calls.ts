import {execFile, spawn} from 'node:child_process';
import {once} from 'node:events';
import {promisify} from 'node:util';
import type {DashboardState, Step} from '../../state/dashboard-state.js';
import {addNotice} from '../../state/notices.js';
import type {OverlayOf} from '../../state/overlay.js';
import {textField} from '../../state/text-field.js';
import type {World} from '../../state/world.js';
import {callWords, withLastWord, wordsSoFar} from './call-words.js';
import {fittingItems} from './palette-items.js';

declare module '../../state/event.js' {
	interface Events {
		/** What a text of the palette may go on with. */
		'call-offers': {text: string; offers: readonly Offer[]};
	}
}

declare module '../../state/effect.js' {
	interface Effects {
		'complete-call': {text: string};
		/** Runs a verb of the command line in the terminal. */
		call: {words: readonly string[]};
	}
}

/** A word and its help. */
export type Offer = readonly [word: string, help: string];
type Palette = OverlayOf<'palette'>;

/** Whether a text is a call of the command line, not words that find an action. */
export function isCall({verbs, items, field, ...rest}: Palette): boolean {
	const {text} = field;
	const [verb = ''] = callWords(text);
	if (!verbs) {
		return /\S\s/.test(text) && fittingItems({...rest, items, field}).length === 0;
	}

	const isAction = items.some(({name, command}) => name === verb || command === verb);
	return verbs.some(([name]) => name === verb) && (/\S\s/.test(text) || !isAction);
}

/** The offers for the text as it is now. */
export const offersOf = ({offers, field}: Palette): readonly Offer[] =>
	offers?.text === field.text ? offers.all : [];

/** Looks for completions of a text that has changed. */
export function withOffers(state: DashboardState, overlay: Palette): Step {
	const next = {...state, overlay};
	return isCall(overlay) ? [next, {kind: 'complete-call', text: overlay.field.text}] : [next];
}

/** What all offers share; where that is nothing more, the chosen one. */
export function completeCall(state: DashboardState, overlay: Palette): Step {
	const offers = offersOf(overlay).map(([word]) => word);
	const chosen = offers[overlay.selected] ?? offers[0];
	if (chosen === undefined) {
		return [state];
	}

	let shared = chosen.length;
	while (!offers.every(offer => offer.startsWith(chosen.slice(0, shared)))) {
		shared--;
	}

	const typed = wordsSoFar(overlay.field.text).at(-1) ?? '';
	const isWhole = shared <= typed.length || offers.length === 1;
	const word = isWhole ? chosen : chosen.slice(0, shared);
	const end = isWhole && !word.endsWith('=') ? ' ' : '';
	const field = textField(withLastWord(overlay.field.text, word) + end);
	return withOffers(state, {...overlay, field, selected: 0});
}

export function runCall(state: DashboardState, {field}: Palette, at: number): Step {
	const words = callWords(field.text);
	if (words[0] === 'ui' || state.readOnly) {
		const text = state.readOnly ? 'this dashboard is read-only' : 'the dashboard is open already';
		return [addNotice(state, {tone: 'info', text, hint: '', at})];
	}

	return [
		{...state, overlay: undefined},
		{kind: 'call', words},
	];
}

/** The program stays until enter, so that its last lines can be read. A Ctrl-C is for the verb, then ends the wait. */
const script = `trap : INT
printf '$ cosmos %s\\n' "$0"
"$@"
printf '\\ncosmos ended with code %s; press Return to go back to the dashboard ' $?
trap - INT
read -r _`;

export function workOnCalls({self, terminal, readAgain, dispatch}: World) {
	const [program = '', ...first] = self;
	let isBusy = false;
	let wanted: string | undefined;

	/** One at a time; of texts that come meanwhile, the last one. */
	async function complete({text}: {text: string}): Promise<void> {
		wanted = text;
		while (!isBusy && wanted !== undefined) {
			const now: string = wanted;
			wanted = undefined;
			isBusy = true;
			try {
				const offers = await offersFor(wordsSoFar(now));
				dispatch({type: 'call-offers', text: now, offers});
			} finally {
				isBusy = false;
			}
		}
	}

	async function offersFor(words: readonly string[]): Promise<Offer[]> {
		const {stdout} = await promisify(execFile)(
			program,
			[...first, 'completion', 'words', ...words],
			{env: terminal.env},
		).catch(() => ({stdout: ''}));
		const [kind, ...lines] = stdout.split('\n');
		return kind === 'words'
			? lines.filter(Boolean).map(line => [line.split('\t')[0] ?? '', line.split('\t')[1] ?? ''])
			: [];
	}

	return {
		'complete-call': complete,
		call: ({words}: {words: readonly string[]}) =>
			terminal.suspend(async () => {
				const child = spawn(
					'/bin/sh',
					['-c', script, words.join(' '), program, ...first, ...words],
					{
						stdio: 'inherit',
						env: terminal.env,
					},
				);
				await once(child, 'close');
				await readAgain();
			}),
	};
}
