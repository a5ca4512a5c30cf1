import {type ConfigFiles, mergeTable, type Sourced} from './sources.js';

/** `[notify]`: how the ends of queued jobs are reported; nothing is sent by a way that is absent. */
export type NotifyConfig = {
	/** Program and words; the title and the text of the notification follow them. */
	command?: readonly string[];
	/** Gets a POST with JSON. */
	webhook?: string;
	/** The address of a topic of an ntfy server. */
	ntfy?: string;
	/** Seconds over which the jobs of a dataset are reported together. */
	digest: number;
};

const usualDigest = 3600;

/** Each key is that of the last file that sets it; undefined where no way is named. */
export function chooseNotify(files: ConfigFiles, sources: Sourced[]): NotifyConfig | undefined {
	const found = {digest: usualDigest, ...mergeTable('notify', files, sources)};
	return found.command || found.webhook || found.ntfy ? found : undefined;
}
