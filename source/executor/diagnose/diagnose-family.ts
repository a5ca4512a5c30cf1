import {type Check, type CheckName, okCheck, runCheck} from '../../domain/check.js';
import {CosmosError} from '../../domain/errors.js';
import {type Host, slotsOf} from '../../domain/hosts/host.js';
import type {Downloads, HostNeeds} from '../../domain/models/container.js';
import {gpuNeedsOf, modeOf} from '../../domain/models/families.js';
import type {Family} from '../../domain/models/family.js';
import {hostMemoryWarning} from '../../domain/models/memory-warning.js';
import {parseWhole} from '../../domain/reported-number.js';
import {flagName, withTableDefaults} from '../../domain/settings/settings.js';
import {counted, formatBytes} from '../../domain/text-format.js';
import type {GpuFacts} from '../../domain/types.js';
import {runScript} from '../engine/slot-script.js';
import type {HostSession} from '../host-session.js';
import {quoteWords} from '../transport/quote-words.js';
import {queryGpus} from './gpu.js';
import {familyOfHost} from './model-on-host.js';

/** The token for downloads that the local machine has, and from where in words; undefined where it has none. */
export type FindToken = () => Promise<{from: string; token: string} | undefined>;

/** The checks of a host that only some families have. */
export function familyChecks({host}: Pick<HostSession, 'host'>): CheckName[] {
	const needs = familyOfHost(host).host;
	return !needs || host.simulated
		? []
		: ['driver', 'memory', 'shm', ...(needs.downloads ? (['cache', 'token'] as const) : [])];
}

/** Checks what the family of a host needs beside the checkout, each thing on its own. */
export async function diagnoseFamily(session: HostSession, findToken: FindToken): Promise<Check[]> {
	const {host, transport, engine} = session;
	const family = familyOfHost(host);
	const needs = family.host;
	if (!needs || familyChecks(session).length === 0) {
		return [];
	}

	const {gpuNote} = engine;
	const isWithout = host.gpus.length === 0;
	const gpus = async () =>
		(await queryGpus(transport)).filter(({index}) => host.gpus.includes(index));
	const ofGpus = async (name: 'driver' | 'memory', check: () => Promise<string>) =>
		gpuNote || isWithout
			? okCheck(name, gpuNote ?? 'jobs get no GPU (gpus = [])')
			: runCheck(name, check);
	return Promise.all([
		ofGpus('driver', async () => checkDriver(session, needs, await gpus())),
		ofGpus('memory', async () => checkMemory(session, family, await gpus())),
		gpuNote ? okCheck('shm', gpuNote) : runCheck('shm', () => checkSharedMemory(session)),
		...(needs.downloads ? downloadChecks(session, needs.downloads, findToken) : []),
	]);
}

function downloadChecks(
	session: HostSession,
	downloads: Downloads,
	findToken: FindToken,
): Array<Promise<Check>> {
	const cache = lookAtCache(session, downloads);
	cache.catch(() => undefined);
	return [
		runCheck('cache', async () => checkCache(session, downloads, await cache)),
		runCheck('token', async () => checkToken(session, downloads, findToken, cache)),
	];
}

/** The first driver for each CUDA, by NVIDIA's table of minor version compatibility. */
const driverFor: Readonly<Record<string, number>> = {11: 450, 12: 525, 13: 580};

async function checkDriver(
	{host, engine}: HostSession,
	{driver}: HostNeeds,
	gpus: readonly GpuFacts[],
): Promise<string> {
	const cuda = await engine.doctor.cuda?.();
	const ofImage = driverFor[cuda?.split('.')[0] ?? ''] ?? 0;
	const {least, for: purpose} =
		ofImage > driver.least ? {least: ofImage, for: `CUDA ${cuda} of the image`} : driver;
	const version = gpus.find(({driver}) => driver !== undefined)?.driver;
	const major = parseWhole(version?.split('.')[0]);
	if (version === undefined || major === undefined) {
		return 'unknown: nvidia-smi does not report it';
	}

	if (major < least) {
		throw new CosmosError(
			'driver-too-old',
			`the NVIDIA driver of ${host.name} is ${version}; ${purpose} needs ${least} or newer`,
			{
				hint: 'Update the driver there, or use an image for its CUDA; the image brings the rest along.',
			},
		);
	}

	return `${version}, enough for ${purpose}`;
}

/** Which checkpoints the GPUs of a slot can hold. */
async function checkMemory(
	session: HostSession,
	family: Family,
	gpus: readonly GpuFacts[],
): Promise<string> {
	const {host} = session;
	const {name, checkpoints} = family;
	if (!checkpoints) {
		return checkOneModel(host, family, gpus);
	}

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
			`no slot of ${host.name} can hold ${usual.name}: it needs ${counted(least, 'GPU')} of ${memory} GB`,
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

/** @throws CosmosError (host) where the model does not fit with everything that saves memory */
function checkOneModel(host: Host, {name, savesMemory}: Family, gpus: readonly GpuFacts[]): string {
	const {settings} = modeOf({model: name});
	const usual = withTableDefaults(settings, {});
	const saving = withTableDefaults(
		settings,
		Object.fromEntries(
			settings
				.filter(({key, kind}) => kind === 'switch' && savesMemory.includes(flagName(key)))
				.map(({key}) => [key, true]),
		),
	);
	const warn = (given: typeof usual) =>
		hostMemoryWarning(host, gpus, [{operation: 'transfer', model: name, settings: given}]);
	const [warning, problem] = [warn(usual), warn(saving)];
	if (problem) {
		throw new CosmosError('gpu-memory', problem, {
			hint: `Give a slot larger GPUs (gpus under [hosts.${host.name}]), or use another host.`,
		});
	}

	return warning ? `enough with ${savesMemory.join(' ')}` : 'enough';
}

/** Bytes of shared memory that PyTorch's and NCCL's processes need at least. */
const leastShared = 1024 ** 3;

/** Jobs share the host's own, unless docker_args say something else. */
async function checkSharedMemory({host, transport}: HostSession): Promise<string> {
	const own = host.dockerArgs.find(word => /^--(?:shm-size|ipc)\b/.test(word));
	if (own) {
		return `by docker_args: ${own}`;
	}

	const {stdout} = await runScript(transport, 'df -Pk /dev/shm 2>/dev/null | tail -n 1');
	const free = parseWhole(stdout.trim().split(/\s+/)[3]);
	if (free === undefined) {
		return 'unknown: the host has no /dev/shm';
	}

	const bytes = free * 1024;
	if (bytes < leastShared) {
		throw new CosmosError('host', `/dev/shm on ${host.name} has only ${formatBytes(bytes)} free`, {
			hint: 'Remove what is left in /dev/shm there, or make it larger: mount -o remount,size=16g /dev/shm.',
		});
	}

	return `${formatBytes(bytes)} free in /dev/shm`;
}

/** What the host has of earlier downloads. */
type Cache = {downloaded: readonly string[]; hasToken: boolean; free: number};

async function lookAtCache({transport}: HostSession, {anyOf}: Downloads): Promise<Cache> {
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
		downloaded: anyOf.filter(name => models.includes(name.replaceAll('/', '--'))),
		hasToken: lines.includes('token'),
		free: (free ?? 0) * 1024,
	};
}

function checkCache({host}: HostSession, {space}: Downloads, {downloaded, free}: Cache): string {
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
	session: HostSession,
	{access, gated}: Downloads,
	findToken: FindToken,
	cache: Promise<Cache>,
): Promise<string> {
	const {host} = session;
	const here = await findToken();
	if (here === undefined && !(await cache).hasToken) {
		throw new CosmosError('token-missing', `no Hugging Face token for ${host.name}`, {
			hint: `Accept the licence on ${access}, then set HF_TOKEN here, or hf_token_file = "FILE" under [hosts.${host.name}], or run \`uvx hf auth login\` there.`,
		});
	}

	const from = here?.from ?? `saved on ${host.name}`;
	return `${from}; ${await checkAccess(session, gated, here?.token)}`;
}

/**
 * Asks Hugging Face, from the host, whether the token opens the repositories. The token goes through
 * standard input: no command line has it.
 * @param token absent for the one that the host has saved
 * @throws CosmosError (host) for a token that is refused, or a licence that is not accepted
 */
async function checkAccess(
	{host, transport}: HostSession,
	repositories: readonly string[],
	token?: string,
): Promise<string> {
	const {stdout} = await runScript(
		transport,
		`command -v curl >/dev/null || exit
cd "$HOME" || exit
token=${quoteWords([token ?? ''])}
[ -n "$token" ] || read -r token <"\${HF_HOME:-.cache/huggingface}/token"
for repository in ${quoteWords(repositories)}; do
	code=$(printf 'header = "Authorization: Bearer %s"\n' "$token" |
		curl -sS -o /dev/null -m 10 -w '%{http_code}' -K - "\${HF_ENDPOINT:-https://huggingface.co}/api/models/$repository/auth-check" 2>/dev/null)
	echo "$code $repository"
done`,
	);
	const answers = stdout.split('\n').map(line => line.split(' '));
	const refused = answers.find(([code]) => code === '401')?.[1];
	if (refused) {
		throw new CosmosError('token-missing', 'Hugging Face refuses the token: it is not valid', {
			hint: 'Make a new one on https://huggingface.co/settings/tokens, with the permission to read.',
		});
	}

	const closed = answers.find(([code]) => code === '403')?.[1];
	if (closed) {
		throw new CosmosError('token-missing', `the token has no access to ${closed}`, {
			hint: `Accept the licence on https://huggingface.co/${closed}, with the account of the token.`,
		});
	}

	const open = answers.flatMap(([code, name = '']) => (code === '200' ? [name] : []));
	return open.length === repositories.length
		? `access to ${open.join(', ')}`
		: `access not known: Hugging Face was not reached from ${host.name}`;
}
