/**
 * vLLM-Omni's server for Cosmos 3, as far as jobs of videos go: `vllm serve nvidia/Cosmos3-Nano --omni …`.
 * Its jobs are in memory: a restart forgets them. `COSMOS_SIMULATE` says how it fails.
 */
import {once} from 'node:events';
import {createServer, type IncomingMessage, type ServerResponse} from 'node:http';
import {setTimeout as wait} from 'node:timers/promises';
import {outOfMemory, type Simulation} from '../failures.js';
import type {Console} from '../python/console.js';
import {ExitError, PythonError} from '../python/python-error.js';
import {readServe, type Serve} from './command-line.js';
import {createJobs, type Video} from './jobs.js';
import {error, Refused, readForm} from './video-form.js';

const page = 20;

/** Serves until it is ended. @throws ExitError, PythonError for what ends it before it is ready */
export async function serve(
	words: readonly string[],
	simulation: Simulation,
	console: Console,
): Promise<void> {
	const given = readServe(words);
	const log = (line: string) => void console.stdout(`${line}\n`);
	await load(given, simulation, log);
	const jobs = createJobs(simulation, given.guardrails, log);
	let posts = 0;
	const server = createServer((request, response) => {
		const index = request.method === 'POST' ? posts++ : -1;
		const asks = (word: 'lost-answer' | 'lost-request') =>
			index >= 0 && simulation.words.has(word) && (simulation.items.get(word) ?? 1) - 1 === index;
		if (asks('lost-request')) {
			request.socket.destroy();
			return;
		}

		answer(request, given, simulation, jobs)
			.catch(refused => {
				if (!(refused instanceof Refused)) {
					throw refused;
				}

				return {status: refused.status, body: refused.body};
			})
			.then(({status, body, bytes}: Answer) => {
				if (asks('lost-answer')) {
					request.socket.destroy();
					return;
				}

				send(
					response,
					status,
					bytes ?? JSON.stringify(body),
					bytes ? 'video/mp4' : 'application/json',
				);
			});
	});
	server.on('error', failure => {
		process.stderr.write(`OSError: ${failure.message}\n`);
		process.exit(1);
	});
	process.on('SIGTERM', () => {
		log('INFO Shutting down');
		process.exit(0);
	});
	server.listen(given.port, given.host);
	await once(server, 'listening');
	log('INFO:     Application startup complete.');
	await once(server, 'close');
}

async function load(
	{model, guardrails}: Serve,
	simulation: Simulation,
	log: (line: string) => void,
) {
	log(`INFO Initializing vLLM-Omni with model ${model} (SIMULATED)`);
	const {words} = simulation;
	if (words.has('driver')) {
		throw new PythonError('RuntimeError', 'Found no NVIDIA driver on your system.');
	}

	if (words.has('gated') || words.has('no-token')) {
		const name = guardrails ? 'nvidia/Cosmos-1.0-Guardrail' : model;
		throw new ExitError(
			1,
			words.has('gated')
				? `Error: 403 Client Error. Access to model ${name} is restricted and you are not in the authorized list. Visit the page of the model to ask for access.\n`
				: `Error: 401 Client Error. Repository Not Found for ${name}. If you are trying to access a private or gated repo, make sure you are authenticated.\n`,
		);
	}

	for (const shard of [1, 2, 3, 4]) {
		await wait((simulation.modelLoad / 4) * 1000);
		log(`INFO Loading safetensors checkpoint shards: ${shard * 25}% completed | ${shard}/4`);
	}

	if (words.has('oom-loading')) {
		throw outOfMemory('torch.OutOfMemoryError', []);
	}
}

type Answer = {status: number; body?: unknown; bytes?: Uint8Array};

async function answer(
	request: IncomingMessage,
	given: Serve,
	{words}: Simulation,
	jobs: ReturnType<typeof createJobs>,
): Promise<Answer> {
	const {pathname, searchParams} = new URL(request.url ?? '/', 'http://server');
	const [, version, kind, id, part] = pathname.split('/');
	const method = request.method ?? 'GET';
	if (pathname === '/health') {
		return {status: 200, body: {}};
	}

	if (pathname === '/v1/models') {
		return {status: 200, body: {object: 'list', data: [{id: given.model, object: 'model'}]}};
	}

	if (version !== 'v1' || kind !== 'videos' || words.has('old-api')) {
		return {status: 404, body: {detail: 'Not Found'}};
	}

	if (id === undefined) {
		if (method === 'POST') {
			const form = await readForm(await formIn(request), given);
			return {status: 200, body: shown(jobs.add(form), given)};
		}

		return {status: 200, body: listed(jobs.all(), searchParams, given)};
	}

	if (method === 'DELETE') {
		await jobs.remove(id);
		return {status: 200, body: {id, deleted: true, object: 'video.deleted'}};
	}

	const video = jobs.find(id);
	if (part === 'content') {
		if (video.status === 'failed') {
			throw error(422, `Generation failed: ${video.error?.message}`);
		}

		if (!video.bytes) {
			throw error(404, 'Generation is still in-progress');
		}

		return {status: 200, bytes: video.bytes};
	}

	// A failed job is answered with the code of its error, and the job as body.
	return {status: video.error?.code ?? 200, body: shown(video, given)};
}

async function formIn(request: IncomingMessage): Promise<FormData> {
	const chunks: Buffer[] = [];
	for await (const chunk of request) {
		chunks.push(chunk as Buffer);
	}

	try {
		const headers = {'content-type': request.headers['content-type'] ?? ''};
		return await new Response(Buffer.concat(chunks), {headers}).formData();
	} catch {
		throw error(400, 'There was an error parsing the body');
	}
}

function listed(videos: readonly Video[], query: URLSearchParams, given: Serve) {
	const limit = Number(query.get('limit') ?? page);
	const ordered = query.get('order') === 'asc' ? [...videos] : [...videos].reverse();
	const after = query.get('after');
	const begin = after === null ? 0 : ordered.findIndex(({id}) => id === after) + 1;
	const shownOnes = ordered.slice(begin, begin + limit);
	return {
		object: 'list',
		data: shownOnes.map(video => shown(video, given)),
		first_id: shownOnes[0]?.id ?? null,
		last_id: shownOnes.at(-1)?.id ?? null,
		has_more: begin + limit < ordered.length,
	};
}

function shown(
	{form, bytes: _, simulation: _asked, isCancelled: _c, cancelling: _g, ...video}: Video,
	{model}: Serve,
) {
	return {
		object: 'video',
		model,
		...video,
		prompt: form.prompt,
		size: `${form.width}x${form.height}`,
		seconds: String(Math.max(1, Math.round(form.frames / form.fps))),
		progress: video.status === 'completed' ? 100 : 0,
		stage_durations: {},
		peak_memory_mb: 0,
	};
}

function send(response: ServerResponse, status: number, body: string | Uint8Array, type: string) {
	response.writeHead(status, {'content-type': type, 'content-length': Buffer.byteLength(body)});
	response.end(body);
}
