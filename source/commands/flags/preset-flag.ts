import {unnamedModel} from '../../domain/models/families.js';
import {modelOfRequest} from '../../domain/settings/settings-tables.js';
import type {LaunchRequest, Workflow} from '../../workflow/workflow-types.js';
import {textFlag, type Words} from '../verb.js';

export const presetFlag = textFlag(
	'preset',
	'NAME',
	'use saved settings; other flags override them',
	{completes: 'preset'},
);

/** Requests whose settings begin with those of `--preset`, if it is given, for its model. */
export async function withPreset(
	workflow: Workflow,
	requests: readonly LaunchRequest[],
	words: Words,
): Promise<readonly LaunchRequest[]> {
	const name = words.text('preset');
	if (name === undefined) {
		return requests;
	}

	return Promise.all(
		requests.map(async request => {
			const operation = request.operation ?? 'transfer';
			const asked = modelOfRequest(request);
			const preset = await workflow.findPreset(name, operation, asked);
			const {settings, model = unnamedModel, mode} = preset;
			return {
				...request,
				...(operation === 'transfer' && {model, ...(mode !== undefined && {mode})}),
				settings: {...settings, ...request.settings},
			} as LaunchRequest;
		}),
	);
}
