import {paintLine} from '../../components/rows.js';
import {cleanText} from '../../domain/log-lines.js';
import {modeForInputs, outlookOf} from '../../domain/models/families.js';
import type {Settings} from '../../domain/settings.js';
import {span} from '../../state/content/line.js';
import {wrap} from '../../state/content/text-layout.js';
import {hasProblems, type LaunchForm, settingsIn} from './launch-form.js';

/** What a person should know before the launch: what is ignored, cut or will differ. */
function formWarnings(form: LaunchForm): string[] {
	const {target, model} = form;
	if (target.operation !== 'transfer' || hasProblems(form)) {
		return [];
	}

	const {prompts} = target;
	const settings = settingsIn(form) as Settings;
	return prompts.flatMap(({name, text, negative, inputs}) => {
		const mode = modeForInputs(
			model,
			inputs.map(({role}) => role),
		);
		const launch = {promptText: text, negative, settings, inputs};
		const {warnings} = outlookOf({model, mode: mode.name}, launch);
		return warnings.map(line => (prompts.length > 1 ? `${name}: ${line}` : line));
	});
}

/** The warnings in at most `most` rows. */
export function warningRows(form: LaunchForm, width: number, most: number): string[] {
	const all = formWarnings(form).flatMap(line => wrap(cleanText(`! ${line}`), width - 2));
	const shown =
		all.length > most
			? [...all.slice(0, most - 1), `! and ${all.length - most + 1} more rows: see the plan`]
			: all;
	return shown.map(text => paintLine([' ', span('warn', text)], width));
}
