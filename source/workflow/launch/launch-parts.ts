import type {Config} from '../../config/config.js';
import {CosmosError} from '../../domain/errors.js';
import {sendingNotice} from '../../domain/hosts/endpoint.js';
import type {Host} from '../../domain/hosts/host.js';
import type {ResultVideo} from '../../domain/models/outlook.js';
import type {Prompt, RunTask} from '../../domain/types.js';
import type {Store} from '../../store/store.js';
import {type CurrentInputs, readCurrentInputs} from './current-inputs.js';

/** What a check reads locally. */
export type Local = {config: Config; store: Store};

/** What comes of a check on one host. */
export type Checked = {
	host: Host;
	task: RunTask;
	warnings: readonly string[];
	result?: ResultVideo;
};

/** A check has no warnings where its operation never has any. */
export type Unwarned = Omit<Checked, 'warnings'> & Partial<Checked>;

/** What goes for all tasks of a launch together: that texts leave this machine. */
export function launchNotices(tasks: readonly RunTask[]): readonly string[] {
	const sent = tasks.filter(task => task.operation === 'enhance' && task.endpoint);
	const [first] = sent;
	return first?.operation === 'enhance' && first.endpoint
		? [
				sendingNotice(
					first.endpoint,
					sent.some(({inputs}) => inputs.length > 0),
				),
			]
		: [];
}

/** @throws CosmosError (usage) for a prompt without an input that somebody cannot do without */
export function requireRoles(prompt: Prompt, [missing]: readonly string[], who: string): void {
	if (missing) {
		throw new CosmosError('bad-input', `${who} needs ${missing}, and ${prompt.name} has none`, {
			hint:
				prompt.videoDir === ''
					? `Create the prompt again with ${missing}=FILE.`
					: `Put the file into ${prompt.videoDir} and create the prompt again.`,
		});
	}
}

/** The settings without undefined ones. */
export function dropUndefined(settings: object = {}): Record<string, unknown> {
	return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
}

/**
 * The prompt of a launch, with the text that the launch gives it.
 * @throws CosmosError (usage) for a prompt that is not there, or whose inputs are not what they were
 */
export async function promptOf(
	store: Pick<Store, 'getPrompt'>,
	{promptId: id, text}: {promptId: string; text?: string},
): Promise<CurrentInputs> {
	const prompt = await store.getPrompt(id);
	if (!prompt) {
		throw new CosmosError('not-found', `no prompt "${id}"`);
	}

	return readCurrentInputs(text === undefined ? prompt : {...prompt, text});
}
