import type {LaunchRequest, Workflow} from '../workflow/workflow-types.js';
import type {Flag, Words} from './verb.js';

export const presetFlag: Flag = {
	key: 'preset',
	kind: 'text',
	value: 'NAME',
	help: 'settings kept under a name; flags beside it win',
	completes: 'preset',
};

/** Requests whose settings begin with those of `--preset`, if it is given. */
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
			const preset = await workflow.findPreset(name, request.operation ?? 'transfer');
			return {...request, settings: {...preset.settings, ...request.settings}} as LaunchRequest;
		}),
	);
}
