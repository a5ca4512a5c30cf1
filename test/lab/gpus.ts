import {readFileSync} from 'node:fs';
import {mkdir, writeFile} from 'node:fs/promises';
import path from 'node:path';

/** GPUs that exist only by name: an `nvidia-smi` that lists them, and the hook by which Docker gives them out. */
export type NamedGpus = {
	/** The folder of the programs, for the PATH of a Docker engine or of a host. */
	tools: string;
	/** The devices that the hook was asked to give to each container, by its id. */
	given: () => Map<string, string>;
};

export async function writeGpus(folder: string, uuids: readonly string[]): Promise<NamedGpus> {
	const tools = path.join(folder, 'gpu-tools');
	const record = path.join(folder, 'given');
	await mkdir(tools, {recursive: true});
	await writeFile(record, '');
	const programs = {
		'nvidia-smi': `cat <<'ROWS'
${uuids.map((uuid, index) => `${index}, ${uuid}`).join('\n')}
ROWS`,
		// Docker calls it before the container starts, with the container's state in standard input.
		'nvidia-container-runtime-hook': `state=$(cat)
field() { printf '%s' "$state" | sed -n "s/.*\\"$1\\":\\"\\([^\\"]*\\)\\".*/\\1/p"; }
devices=$(sed -n 's/.*"NVIDIA_VISIBLE_DEVICES=\\([^"]*\\)".*/\\1/p' "$(field bundle)/config.json")
echo "$(field id) $devices" >>'${record}'`,
	};
	for (const [name, script] of Object.entries(programs)) {
		await writeFile(path.join(tools, name), `#!/bin/sh\n${script}\n`, {mode: 0o755});
	}

	return {
		tools,
		given: () =>
			new Map(
				readFileSync(record, 'utf8')
					.split('\n')
					.filter(line => line !== '')
					.map(line => line.split(' ') as [string, string]),
			),
	};
}
