import * as z from 'zod';
import {CosmosError} from '../../../domain/errors.js';
import {measureJson} from '../../../domain/json-size.js';
import {cleanText} from '../../../domain/runs/log-lines.js';
import type {JobExit} from '../../../domain/runs/run-status.js';

/** The part of `docker container inspect` that we read; Podman's has the same. */
const containersSchema = z.array(
	z.object({
		Id: z.string(),
		Name: z.string(),
		Created: z.string(),
		SizeRw: z.int().optional(),
		State: z.object({
			Status: z.string(),
			ExitCode: z.int(),
			FinishedAt: z.string().optional(),
			OOMKilled: z.boolean().optional(),
			Error: z.string().optional(),
		}),
		Config: z.object({Labels: z.record(z.string(), z.string()).nullish()}),
	}),
);

export type Container = {
	id: string;
	name: string;
	/** `created`, `running`, `paused`, `exited` … */
	status: string;
	exitCode: number;
	oomKilled: boolean;
	labels: Readonly<Record<string, string>>;
	/** Seconds since 1970, the host's clock: when it ended, or was made when it never ran. */
	ended: number;
	/** Bytes of its own layer; 0 when that was not asked for. */
	size: number;
};

/** Values in what `inspect` may print, of all containers of a busy host, and how deep they are nested. */
const mostValues = 500_000;
const deepest = 32;

/**
 * Reads what `inspect` prints; ids that it did not find are only missing.
 * @throws CosmosError (host) for what no engine prints
 */
export function parseContainers(json: string): Container[] {
	const text = json.trim();
	if (text === '') {
		return [];
	}

	return readJson(text).map(({Id, Name, Created, SizeRw, State, Config}) => ({
		id: Id,
		name: Name.replace(/^\//, ''),
		status: State.Status,
		exitCode: State.ExitCode,
		oomKilled: State.OOMKilled ?? false,
		labels: Config.Labels ?? {},
		ended: secondsOf(State.FinishedAt) ?? secondsOf(Created) ?? 0,
		size: SizeRw ?? 0,
	}));
}

function readJson(text: string): z.infer<typeof containersSchema> {
	const {values, depth} = measureJson(text);
	try {
		if (values > mostValues || depth > deepest) {
			throw new Error('it is too large');
		}

		return containersSchema.parse(JSON.parse(text));
	} catch (error) {
		throw new CosmosError('host', `\`docker inspect\` gives what cannot be read: ${begin(text)}`, {
			hint: 'Set docker under [hosts.NAME] to Docker or Podman, or what answers as they do.',
			cause: error,
		});
	}
}

const begin = (text: string) => JSON.stringify(cleanText(text.slice(0, 80)));

/** Docker says year 1 for "never". */
function secondsOf(time: string | undefined): number | undefined {
	const seconds = Date.parse(time ?? '') / 1000;
	return seconds > 0 ? Math.floor(seconds) : undefined;
}

/** Whether it runs no more. */
export function isOver({status}: Container): boolean {
	return status === 'exited' || status === 'dead' || status === 'stopped';
}

export function exitOf({exitCode, oomKilled}: Container): JobExit {
	return {code: exitCode, oomKilled: oomKilled && exitCode !== 0, engineMessage: ''};
}
