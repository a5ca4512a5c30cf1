import type {Config} from '../../config/config.js';
import {findHost, requireDefaultHost} from '../../config/find-host.js';
import {CosmosError} from '../../domain/errors.js';
import type {Host} from '../../domain/hosts/host.js';
import {isMedia} from '../../domain/inputs/media.js';
import {enhanceKindFor, enhancerOf, unnamedModel} from '../../domain/models/families.js';
import type {SettingsOf} from '../../domain/settings/settings.js';
import {completeKind} from '../../domain/settings/settings-check.js';
import type {Prompt} from '../../domain/types.js';
import type {RequestOf} from '../workflow-types.js';
import {ofPrompt} from './current-inputs.js';
import {checkReplacing} from './enhancement.js';
import {dropUndefined, type Local, promptOf, requireRoles, type Unwarned} from './launch-parts.js';

/** Checks everything about an enhancement that can be checked locally. */
export async function checkEnhance(
	{config, store}: Local,
	request: RequestOf<'enhance'>,
): Promise<Unwarned> {
	const {prompt, take} = await promptOf(store, request);
	const host = enhancingHost(config, request, prompt);
	const {endpoint} = host;
	const asked = request.model ?? prompt.model ?? host.model ?? unnamedModel;
	const kind = enhanceKindFor(asked, endpoint !== undefined);
	if (!kind) {
		throw new CosmosError(
			'usage',
			`${host.name} writes structured prompts, and ${prompt.name} is for ${asked}`,
			{hint: 'Choose another host: --host NAME, or another family: --model cosmos3.'},
		);
	}

	const enhancer = enhancerOf(kind);
	const given = completeKind(kind, dropUndefined(request.settings)) as SettingsOf<'enhance'>;
	const media = prompt.inputs.filter(isMedia);
	const settings = enhancer.complete?.(given, media) ?? given;
	if (!settings.createNew && !settings.force) {
		await checkReplacing(store, prompt);
	}

	const there = media.map(({role}) => role);
	requireRoles(
		prompt,
		enhancer.requires.filter(role => !there.includes(role)),
		'prompt enhancement',
	);
	const seen = enhancer.looksAt(media, settings, endpoint);
	for (const input of seen) {
		const refusal = enhancer.refusedInput?.(input);
		if (refusal) {
			throw new CosmosError('bad-input', `prompt enhancement: ${refusal}`, {
				hint: 'With --no-show-media it goes by the text alone.',
			});
		}
	}

	const {inputs, changes} = take(seen);
	return {
		host,
		task: {...ofPrompt(prompt), ...kind, settings, inputs, ...(endpoint && {endpoint})},
		warnings: changes,
	};
}

/** The host of the request; without one the endpoint of the configuration for families that can use it. */
function enhancingHost(config: Config, request: RequestOf<'enhance'>, prompt: Prompt): Host {
	if (request.host !== undefined) {
		return findHost(config, request.host);
	}

	const usual = findHost(config, requireDefaultHost(config));
	const model = request.model ?? prompt.model ?? usual.model ?? unnamedModel;
	const endpoint = config.hosts.find(host => host.endpoint);
	return endpoint && enhanceKindFor(model, true) ? endpoint : usual;
}
