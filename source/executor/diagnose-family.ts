import {type Check, type CheckName, okCheck, runCheck} from '../domain/check.js';
import {CosmosError} from '../domain/errors.js';
import {slotsOf} from '../domain/host.js';
import {parseWhole} from '../domain/host-number.js';
import type {HostNeeds} from '../domain/models/container.js';
import {gpuNeedsOf} from '../domain/models/families.js';
import type {Family} from '../domain/models/family.js';
import {formatBytes} from '../domain/text-format.js';
import type {GpuFacts} from '../domain/types.js';
import {runScript} from './engine/slot-script.js';
import {queryGpus} from './gpu.js';
import type {HostSession} from './host-session.js';
import {familyOfHost} from './model-on-host.js';

/** Where the local machine has the token for downloads, in words; undefined where it has none. */
export type FindToken = () => Promise<string | undefined>;

/** The checks of a host that only some families have. */
export function familyChecks({host}: Pick<HostSession, 'host'>): CheckName[] {
	return familyOfHost(host).host && !host.simulated ? ['driver', 'memory', 'cache', 'token'] : [];
}

/** Checks what the family of a host needs beside the checkout, each thing on its own. */
export async function diagnoseFamily(session: HostSession, findToken: FindToken): Promise<Check[]> {
	const {host, transport, engine} = session;
	const family = familyOfHost(host);
	const needs = family.host;
	if (!needs || familyChecks(session).length === 0) {
		return [];
	}

	const cache = lookAtCache(session, needs);
	cache.catch(() => undefined);
	const gpus = async () =>
		(await queryGpus(transport)).filter(({index}) => host.gpus.includes(index));
	const {gpuNote} = engine;
	return Promise.all([
		gpuNote
			? okCheck('driver', gpuNote)
			: runCheck('driver', async () => checkDriver(session, needs, await gpus())),
		gpuNote
			? okCheck('memory', gpuNote)
			: runCheck('memory', async () => checkMemory(session, family, await gpus())),
		runCheck('cache', async () => checkCache(session, needs, await cache)),
		runCheck('token', async () => checkToken(session, needs, findToken, cache)),
	]);
}

function checkDriver(
	{host}: HostSession,
	{driver: {least, for: purpose}}: HostNeeds,
	gpus: readonly GpuFacts[],
): string {
	const version = gpus.find(({driver}) => driver !== undefined)?.driver;
	const major = parseWhole(version?.split('.')[0]);
	if (version === undefined || major === undefined) {
		return 'unknown: nvidia-smi does not report it';
	}

	if (major < least) {
		throw new CosmosError(
			'driver-too-old',
			`the NVIDIA driver of ${host.name} is ${version}; ${purpose} needs ${least} or newer`,
			{hint: 'Update the driver there; the image brings the rest of CUDA along.'},
		);
	}

	return `${version}, enough for ${purpose}`;
}

/** Which checkpoints the GPUs of a slot can hold. */
function checkMemory(
	{host}: HostSession,
	{name, checkpoints = []}: Family,
	gpus: readonly GpuFacts[],
): string {
	const slots = slotsOf(host).map(({gpus: own}) => ({
		count: own.length,
		// A card whose memory is not known is taken to have enough.
		memory: Math.min(
			...gpus
				.filter(({index}) => own.includes(index))
				.map(({memoryTotal = Number.POSITIVE_INFINITY}) => (memoryTotal * 1024 ** 2) / 1e9),
		),
	}));
	const fitting = checkpoints.filter(({name: checkpoint}) => {
		const {gpus: least, memory = 0, counts} = gpuNeedsOf(name, {checkpoint});
		return slots.some(
			slot =>
				slot.count >= least && slot.memory >= memory && (counts?.includes(slot.count) ?? true),
		);
	});
	const names = fitting.map(({name: checkpoint}) => checkpoint).join(', ');
	const [usual] = checkpoints;
	if (usual && !fitting.includes(usual)) {
		const {memory, gpus: least} = gpuNeedsOf(name, {checkpoint: usual.name});
		throw new CosmosError(
			'gpu-memory',
			`no slot of ${host.name} can hold ${usual.name}: it needs ${least} GPU${least === 1 ? '' : 's'} of ${memory} GB`,
			{
				hint:
					names === ''
						? `Give a slot more GPUs (gpus under [hosts.${host.name}]), or use another host.`
						: `Launch with --checkpoint ${fitting[0]?.name}, give a slot more GPUs (gpus under [hosts.${host.name}]), or use another host.`,
			},
		);
	}

	return `enough for ${names}`;
}

/** What the host has of earlier downloads. */
type Cache = {downloaded: readonly string[]; hasToken: boolean; free: number};

async function lookAtCache({transport}: HostSession, {downloads}: HostNeeds): Promise<Cache> {
	const {stdout} = await runScript(
		transport,
		`cd "$HOME" && home=\${HF_HOME:-.cache/huggingface} || exit
for folder in "$home"/hub/models--*/snapshots; do [ -d "$folder" ] && echo "model $folder"; done
[ -s "$home/token" ] && echo token
cache=.cache/
[ -d "$cache" ] || cache=.
echo "free $(df -Pk "$cache" | tail -n 1 | { read -r disk size used free rest; echo "$free"; })"`,
	);
	const lines = stdout.split('\n');
	const models = lines.flatMap(line => /^model .*\/models--(.+)\/snapshots$/.exec(line)?.[1] ?? []);
	const free = parseWhole(lines.find(line => line.startsWith('free '))?.slice(5));
	return {
		downloaded: downloads.filter(name => models.includes(name.replaceAll('/', '--'))),
		hasToken: lines.includes('token'),
		free: (free ?? 0) * 1024,
	};
}

function checkCache({host}: HostSession, {space}: HostNeeds, {downloaded, free}: Cache): string {
	if (downloaded.length > 0) {
		return `${downloaded.map(name => name.split('/').at(-1)).join(', ')} in ~/.cache`;
	}

	if (free < space * 1024 ** 3) {
		throw new CosmosError(
			'host-disk-full',
			`${host.name} has ${formatBytes(free)} free in ~/.cache; the first run needs ${space} GiB`,
			{
				hint: 'Free some space there, or make ~/.cache a symbolic link to a folder on a larger disk.',
			},
		);
	}

	return `empty: the first run downloads the model; ${formatBytes(free)} free in ~/.cache`;
}

async function checkToken(
	{host}: HostSession,
	{access}: HostNeeds,
	findToken: FindToken,
	cache: Promise<Cache>,
): Promise<string> {
	const here = await findToken();
	if (here !== undefined) {
		return here;
	}

	if ((await cache).hasToken) {
		return `saved on ${host.name}`;
	}

	throw new CosmosError('token-missing', `no Hugging Face token for ${host.name}`, {
		hint: `Accept the licence on ${access}, then set HF_TOKEN here, or hf_token_file = "FILE" under [hosts.${host.name}], or run \`uvx hf auth login\` there.`,
	});
}
