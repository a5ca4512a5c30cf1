import * as z from 'zod';

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

/** Reads what `inspect` prints; ids that it did not find are only missing. */
export function parseContainers(json: string): Container[] {
	const text = json.trim();
	if (text === '') {
		return [];
	}

	return containersSchema
		.parse(JSON.parse(text))
		.map(({Id, Name, Created, SizeRw, State, Config}) => ({
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

/** Docker says year 1 for "never". */
function secondsOf(time: string | undefined): number | undefined {
	const seconds = Date.parse(time ?? '') / 1000;
	return seconds > 0 ? Math.floor(seconds) : undefined;
}
