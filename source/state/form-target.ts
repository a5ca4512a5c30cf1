import type {Operation, OperationSettings, SettingsOf} from '../domain/settings.js';
import type {Prompt, Run} from '../domain/types.js';
import type {LaunchRequest, RequestOf} from '../workflow/workflow-types.js';

/** A video to upscale: that of a run, or a file. */
export type UpscaleSource = {
	name: string;
	video: {runId: string} | {video: string};
};

/** What one form launches. Its settings and its host go for all of it. */
export type FormTarget =
	/** `together`: one container, the model loaded once. */
	| {operation: 'transfer'; prompts: readonly Prompt[]; together: boolean}
	| {operation: 'enhance'; prompts: readonly Prompt[]}
	| {operation: 'upscale'; sources: readonly UpscaleSource[]};

export type TransferRequest = RequestOf<'transfer'>;

const titles: Readonly<Record<Operation, string>> = {
	transfer: 'Infer',
	enhance: 'Enhance',
	upscale: 'Upscale',
};

/** `Infer: city-night`, or `Batch: 3 prompts in one container`. */
export function targetTitle(target: FormTarget): {what: string; of: string} {
	const names = targetNames(target);
	if (target.operation === 'transfer' && target.together) {
		return {what: 'Batch', of: `${names.length} prompts in one container`};
	}

	const noun = target.operation === 'upscale' ? 'videos' : 'prompts';
	const count = names.length > 1 ? ` (${names.length} ${noun})` : '';
	return {what: titles[target.operation], of: names.join(', ') + count};
}

/** The names of what is launched, in its order. */
export function targetNames(target: FormTarget): readonly string[] {
	return target.operation === 'upscale'
		? target.sources.map(({name}) => name)
		: target.prompts.map(({name}) => name);
}

/** The operation on each thing of the target, with the same settings on the same host. */
export function targetRequests(
	target: FormTarget,
	settings: OperationSettings['settings'],
	{host, model, text: {text}}: {host: string; model: string; text: {text: string}},
): LaunchRequest[] {
	switch (target.operation) {
		case 'transfer':
			return target.prompts.map(({id}) => ({
				promptId: id,
				model,
				settings: settings as SettingsOf<'transfer'>,
				host,
			}));
		case 'enhance':
			return target.prompts.map(({id}) => ({
				operation: 'enhance',
				promptId: id,
				settings: settings as SettingsOf<'enhance'>,
				host,
			}));
		case 'upscale':
			return target.sources.map(({video}) => ({
				operation: 'upscale',
				...video,
				settings: settings as SettingsOf<'upscale'>,
				host,
				...(text.trim() === '' ? {} : {text}),
			}));
	}
}

/** What doing a run again works on; undefined when its prompt is not here any more. */
export function targetOfRun(run: Run, prompts: readonly Prompt[]): FormTarget | undefined {
	if (run.operation === 'upscale') {
		const file = run.inputs[0]?.path ?? '';
		const video = run.parentId === undefined ? {video: file} : {runId: run.parentId};
		return {operation: 'upscale', sources: [{name: run.promptName, video}]};
	}

	const prompt = prompts.find(({id}) => id === run.promptId);
	if (!prompt) {
		return undefined;
	}

	return run.operation === 'enhance'
		? {operation: 'enhance', prompts: [prompt]}
		: {operation: 'transfer', prompts: [prompt], together: false};
}
