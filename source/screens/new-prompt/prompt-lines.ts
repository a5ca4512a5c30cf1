/** What the form of a new prompt says of what is typed. */

import {unnamedModel} from '../../domain/models/families.js';
import {roleOfInput} from '../../domain/models/roles.js';
import {promptWarnings} from '../../domain/prompts/prompt-warnings.js';
import {isStructured, structureProblem} from '../../domain/prompts/structured-text.js';
import {cleanText} from '../../domain/runs/log-lines.js';
import {type Line, span} from '../../state/content/line.js';
import {wrap} from '../../state/content/text-layout.js';
import type {DashboardState} from '../../state/dashboard-state.js';
import {keyOf} from '../../state/keys/keymap.js';
import {inputFacts, inputLine, roleWidth} from '../prompts/input-lines.js';
import {
	type FileView,
	fieldText,
	inputAt,
	inputField,
	inputProblem,
	inputsIn,
	isTextFile,
	modeWords,
	type PromptForm,
	type PromptProblem,
	viewOf,
} from './prompt-form.js';

const mostCandidateRows = 4;
const mostWarningRows = 3;

/** The families that a prompt without one may be for: those of the hosts. */
export function hostModels({hosts, defaultHost}: DashboardState): readonly string[] {
	const first = hosts.filter(({name}) => name === defaultHost);
	return [...new Set([...first, ...hosts].map(({model = unnamedModel}) => model))];
}

/** Whether a text is structured, in a file, or neither, where that has to be said. */
export function textLines(form: PromptForm, width: number): Line[] {
	const typed = form.texts.text.text.trim();
	if (form.focus === 'text' && form.candidates.length > 0) {
		return candidateLines(form, width);
	}

	if (isTextFile(typed)) {
		const view = viewOf(form, typed);
		return view.state === 'text'
			? [[span('good', '✔ '), span('dim', kindOfText(view.text))]]
			: stateLines(view, width);
	}

	if (isStructured(typed)) {
		return [[span('good', '✔ '), span('dim', 'structured prompt')]];
	}

	return typed.startsWith('{')
		? [[span('warn', `! used as plain text: it ${structureProblem(typed)}`)]]
		: [];
}

function kindOfText(text: string): string {
	const words = text.match(/\S+/g)?.length ?? 0;
	return isStructured(text) ? 'structured prompt' : `text of ${words} words`;
}

/** The sign and the role before a file: what it is for, as far as that is known. */
export function roleCell(form: PromptForm, at: number): Line {
	const word = form.inputs[at]?.text.trim() ?? '';
	const view = viewOf(form, word);
	if (view.state !== 'inputs' || view.isFolder) {
		return [];
	}

	const wrong = inputProblem(form, at) !== undefined;
	return [span(wrong ? 'bad' : 'good', wrong ? '✖ ' : '✔ '), roleOfInput(word) ?? ''];
}

/**
 * What stands below the inputs: of a folder what is in it, of the file with the focus what it is; and how
 * they fit each other.
 * @param room rows
 */
export function inputLines(
	state: DashboardState,
	form: PromptForm,
	problem: PromptProblem | undefined,
	{width, room}: {width: number; room: number},
): Line[] {
	if (form.candidates.length > 0 && inputAt(form.focus) !== undefined) {
		return candidateLines(form, width).slice(0, room);
	}

	const warnings = warningLines(state, form, width).slice(0, mostWarningRows);
	return [...lookLines(state, form, problem, width).slice(0, room - warnings.length), ...warnings];
}

/** What `cosmos create` warns of. */
function warningLines(state: DashboardState, form: PromptForm, width: number): Line[] {
	const inputs = inputsIn(form);
	const model = form.model || hostModels(state)[0] || unnamedModel;
	const isBad = form.inputs.some((_, at) => inputProblem(form, at) !== undefined);
	if (inputs.length === 0 || isBad || modeWords(model, inputs).missing !== '') {
		return [];
	}

	const {text, negative} = form.texts;
	return promptWarnings({text: text.text, negative: negative.text, inputs}, model)
		.flatMap(line => wrap(`! ${cleanText(line)}`, width))
		.map(row => [span('warn', row)]);
}

function lookLines(
	state: DashboardState,
	form: PromptForm,
	problem: PromptProblem | undefined,
	width: number,
): Line[] {
	const {focus, inputs} = form;
	const at = inputAt(focus) ?? 0;
	const view = viewOf(form, fieldText(form, inputField(at))?.text.trim() ?? '');
	if (inputAt(focus) === undefined && view.state === 'inputs' && !view.isFolder) {
		return [];
	}

	const wrong =
		inputProblem(form, at) ?? (problem?.field === inputField(at) ? problem.problem : '');
	if (wrong !== '' && view.state !== 'bad') {
		return wrap(`✖ ${wrong}`, width).map(row => [span('bad', row)]);
	}

	switch (view.state) {
		case 'inputs':
			return view.isFolder
				? view.inputs.map(
						(input): Line => [span('good', '✔'), ...inputLine(input, roleWidth(view.inputs))],
					)
				: view.inputs.map(
						(input): Line => [
							...inputFacts(input),
							span('dim', `   ${keyOf(state, 'next-role')}: another role`),
						],
					);
		case 'none':
			return inputs.length === 1
				? [[span('dim', 'a folder with color.mp4 and controls, or files one by one, or none')]]
				: [];
		default:
			return stateLines(view, width);
	}
}

/** What a path may still become. */
const candidateLines = ({candidates}: PromptForm, width: number): Line[] =>
	wrap(candidates.map(cleanText).join('  '), width)
		.slice(0, mostCandidateRows)
		.map(row => [span('accent', row)]);

function stateLines(view: FileView, width: number): Line[] {
	switch (view.state) {
		case 'looking':
			return [[span('dim', 'looking …')]];
		case 'bad':
			return [
				...wrap(`✖ ${cleanText(view.message)}`, width).map((row): Line => [span('bad', row)]),
				...wrap(cleanText(view.hint), width).map((row): Line => [row]),
			];
		default:
			return [];
	}
}

/** What would be done with the prompt: by its model, or by that of the default host. */
export function modelLine(state: DashboardState, form: PromptForm): Line {
	const [usual = unnamedModel] = hostModels(state);
	const {mode, missing} = modeWords(form.model || usual, inputsIn(form));
	const who = form.model === '' ? `on ${cleanText(state.defaultHost)}: ` : '';
	return missing === ''
		? [span('dim', `${who}${mode}`)]
		: [span('warn', `${who}${mode} needs ${missing}`)];
}
