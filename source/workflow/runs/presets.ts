import {CosmosError} from '../../domain/errors.js';
import {unnamedModel} from '../../domain/models/families.js';
import {checkName} from '../../domain/prompts/prompt-name.js';
import {getPreset, type Preset} from '../../domain/settings/preset.js';
import type {Operation} from '../../domain/settings/settings.js';
import {completeKind, completeSettings} from '../../domain/settings/settings-check.js';
import {kindName} from '../../domain/settings/settings-tables.js';
import type {Recipe} from '../../domain/types.js';
import type {Store} from '../../store/store.js';
import type {RecordActions} from './record-types.js';

type PresetActions = Pick<
	RecordActions,
	'listPresets' | 'findPreset' | 'savePreset' | 'deletePreset'
>;

/** Named settings; see `RecordActions`. */
export function createPresets(
	store: Pick<Store, 'folder' | 'transaction'>,
	recipes: readonly Recipe[],
): PresetActions {
	// Few calls need them, so the module is loaded on demand.
	const opened = async () => (await import('../../store/preset-file.js')).openPresetFile(store);

	async function listPresets(): Promise<Preset[]> {
		const presets = await (await opened()).read();
		return presets.toSorted((a, b) => a.name.localeCompare(b.name));
	}

	return {
		listPresets,
		async findPreset<O extends Operation>(name: string, operation: O, model?: string) {
			const found = getPreset(await listPresets(), name);
			const {model: of = unnamedModel} = found;
			if (found.operation !== operation || (model ?? of) !== of) {
				const is = kindName({operation: found.operation, model: of});
				throw new CosmosError('usage', `preset "${name}" is for ${is}`, {
					hint: `This is ${kindName({operation, model: model ?? unnamedModel})}.`,
				});
			}

			return found as Preset<O>;
		},
		async savePreset(preset, replace = false) {
			checkName(preset.name, 'preset');
			checkSettings(preset, recipes);
			await (await opened()).update(presets => {
				if (!replace && presets.some(({name}) => name === preset.name)) {
					throw new CosmosError('already-exists', `a preset "${preset.name}" already exists`, {
						hint: 'Add --replace to replace it.',
					});
				}

				return [...presets.filter(({name}) => name !== preset.name), preset];
			});
			return preset;
		},
		async deletePreset(name) {
			await (await opened()).update(presets => {
				getPreset(presets, name);
				return presets.filter(preset => preset.name !== name);
			});
		},
	};
}

/** @throws CosmosError (usage) for settings that no job of the preset's kind could have */
function checkSettings(
	{operation, model = unnamedModel, mode, settings}: Preset,
	recipes: readonly Recipe[],
): void {
	const recipe = recipes.find(({name}) => operation === 'recipe' && name === model);
	if (recipe) {
		completeKind({operation, model, recipe}, settings);
	} else if (operation !== 'recipe') {
		completeSettings(operation, settings, model, mode);
	}
}
