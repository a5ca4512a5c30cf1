import {Typing} from '../../components/typing.js';
import type {Preset} from '../../domain/settings/preset.js';
import {span} from '../../state/content/line.js';
import {overlayKeys, show, textKeys} from '../../state/keys/key-row.js';
import {editText, insertText, type TextField} from '../../state/text-field.js';
import type {World} from '../../state/world.js';
import type {Feature} from '../feature.js';
import type {LaunchForm} from '../launch/launch-form.js';
import {recordContext} from '../records/record-context.js';
import {savePreset, withPresets} from './preset-form.js';

declare module '../../state/overlay.js' {
	interface Overlays {
		/** Typing the name under which a form's settings are saved. */
		preset: {
			/** The launch form that comes back. */
			form: LaunchForm;
			field: TextField;
			refusal: string;
			/** The name is taken, and the user knows: the next save replaces it. */
			replaces: string;
		};
	}
}

declare module '../../state/event.js' {
	interface Events {
		'presets-read': {presets: readonly Preset[]};
	}
}

declare module '../../state/effect.js' {
	interface Effects {
		'read-presets': unknown;
		'save-preset': {preset: Preset; replace: boolean};
	}
}

/** Saving the settings of a launch form. */
export const presets = {
	overlays: {
		preset: {
			keys: [
				...overlayKeys('preset', recordContext, [
					['record-save', 'enter', 'save', 'save', savePreset],
					[
						'record-close',
						'esc',
						'cancel',
						'change nothing; asks first when a note was typed',
						(state, {form}) => show(state, {kind: 'launch', form}),
					],
				]),
				...textKeys('preset', (state, overlay, edit) =>
					show(state, {...overlay, field: editText(overlay.field, edit), refusal: ''}),
				),
			],
			type: (state, overlay, text) =>
				show(state, {...overlay, field: insertText(overlay.field, text, false), refusal: ''}),
			view: ({state, overlay}) => (
				<Typing
					title={[span('accent', 'Save the settings as a preset')]}
					rows={1}
					placeholder="a name: letters, digits, dots, dashes"
					form={overlay}
					state={state}
				/>
			),
		},
	},
	answers: {'presets-read': (state, event) => [withPresets(state, event.presets)]},
	work(world) {
		return {
			perform: {
				'read-presets': () => readPresets(world),
				async 'save-preset'({preset, replace}) {
					await world.workflow.savePreset(preset, replace);
					world.notice(
						'good',
						`Saved preset ${preset.name}`,
						'choose it in a launch form, or with --preset',
					);
					await readPresets(world);
				},
			},
		};
	},
	lasting: ['save-preset'],
} satisfies Feature;

async function readPresets({workflow, dispatch}: World): Promise<void> {
	dispatch({type: 'presets-read', presets: await workflow.listPresets()});
}
