import {Dialog, dialogWidth} from '../../components/dialog.js';
import {firstVisible, paintLine} from '../../components/rows.js';
import {cleanText} from '../../domain/runs/log-lines.js';
import {type Line, span} from '../../state/content/line.js';
import {pad, widthOf, wrap} from '../../state/content/text-layout.js';
import type {DashboardState} from '../../state/dashboard-state.js';
import {keyOf} from '../../state/keys/keymap.js';
import type {OverlayOf} from '../../state/overlay.js';
import {aheadWords, togetherWords} from './ahead.js';
import {findBatchObstacle} from './batch-obstacle.js';
import {formMemoryWarning, outlookRows, serverRows, sweepRow} from './form-outlook.js';
import {type FormTarget, targetTitle} from './form-target.js';
import {launchField} from './launch-field.js';
import {
	fieldsOf,
	isWeight,
	type LaunchFieldName,
	type LaunchForm,
	problemsIn,
	rowsOf,
} from './launch-form.js';

/** Rows of the form for warnings. */
const mostWarnings = 3;

/** The launch form: a row a field, what is wrong with it beside it. */
export function LaunchFormView({
	state,
	overlay: {form},
}: {
	state: DashboardState;
	overlay: OverlayOf<'launch'>;
}) {
	const {size, hosts} = state;
	const width = dialogWidth(size.columns, 84);
	const inner = width - 2;
	const problems = problemsIn(form);
	const keepKey = keyOf(state, 'preset-save');
	const groups = groupsOf(form);
	const {what, of} = targetTitle(form.target, state);
	const ahead = aheadWords(state, form.host);
	const apart = findBatchObstacle(form);
	const said = apart
		? `${apart}. ${keyOf(state, 'launch')} in the list launches them one by one`
		: form.refusal;
	const refusal = said === '' ? [] : wrap(cleanText(`✖ ${said}`), inner - 2);
	const count = groups.flat().length;
	// Borders, keys, the refusal, the warnings, and a row of the home screen above and below stay free.
	const warnings = [
		...sweepRow(state, form, inner),
		...serverRows(state, form, inner),
		...outlookRows(form, inner, mostWarnings, formMemoryWarning(state, form)),
	];
	const free = Math.max(4, size.rows - 6 - refusal.length - warnings.length);
	const shared = sharedRows(form.target, inner, Math.max(2, free - count - groups.length));
	const room = Math.max(4, free - shared.length);
	const parted = count + groups.length - 1 <= room;
	const names: Row[] = parted
		? groups.flatMap((group, at) => (at === 0 ? group : [gap, ...group]))
		: groups.flat();
	const first = firstVisible(names.indexOf(form.focus), names.length, room);
	const all = groups.flat();
	const fields = names.slice(first, first + room).map(name =>
		name === ''
			? ' '.repeat(inner)
			: launchField({
					form,
					hosts,
					name,
					number: all.indexOf(name) + 1,
					problem: problems[name],
					ahead,
					keepKey,
					width: inner,
				}),
	);
	const part = names.length > room ? `${first + 1}–${first + room} of ${names.length} fields` : '';
	const rows = [
		...shared,
		...fields,
		...warnings,
		...refusal.map(text => paintLine([' ', span('bad', text)], inner)),
	];
	return (
		<Dialog
			size={size}
			title={titleLine(form, what, of)}
			foot={[togetherWords(form), part].filter(Boolean).join(' · ')}
			width={width}
			rows={rows}
		/>
	);
}

/** `Infer: city-night`, `Infer again: city-night  run_7k2f`. */
const titleLine = ({again}: LaunchForm, what: string, of: string): Line => [
	span('accent', `${what}${again === undefined ? '' : ' again'}: `),
	of,
	span('dim', again === undefined ? '' : `  ${again}`),
];

/** Who shares the container of a batch, in at most `most` rows and one that parts them. */
function sharedRows(target: FormTarget, width: number, most: number): string[] {
	if (target.operation !== 'transfer' || !target.together) {
		return [];
	}

	const {prompts} = target;
	const fit = prompts.length > most ? most - 1 : prompts.length;
	const nameWidth = Math.min(40, Math.max(...prompts.map(({name}) => widthOf(name))) + 2);
	const lines = prompts.slice(0, fit).map(({name, inputs}): Line => {
		const files = inputs.map(({role}) => role).filter(role => role !== 'color');
		const note = files.length === 0 ? 'no control files' : `control files: ${files.join(', ')}`;
		return [span('strong', pad(name, nameWidth)), span('dim', note)];
	});
	const rest = prompts.length - fit;
	return [...lines, ...(rest > 0 ? [[span('dim', `and ${rest} more`)]] : []), []].map(line =>
		paintLine(['  ', ...line], width),
	);
}

/** What decides the values of the other fields. */
const isHead = (name: LaunchFieldName) => ['preset', 'model', 'mode', 'recipe'].includes(name);
const gap = '';
type Row = LaunchFieldName | typeof gap;

/** Weights, numbers, place and the rest: an empty row parts them where there is room. */
function groupsOf(form: LaunchForm): LaunchFieldName[][] {
	const fields = fieldsOf(form);
	const host = fields.indexOf('host');
	const weights = rowsOf(form)
		.filter(isWeight)
		.map(({key}) => key);
	const isFirst = (name: LaunchFieldName) => isHead(name) || weights.includes(name);
	return [
		fields.slice(0, host).filter(isFirst),
		fields.slice(0, host).filter(name => !isFirst(name)),
		fields.slice(host),
	].filter(group => group.length > 0);
}
