import {mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterAll, beforeAll, beforeEach, describe, expect, it} from 'vitest';
import type {Prompt} from '../../source/domain/types.js';
import {openStore, type Store} from '../../source/store/store.js';
import {runCosmos, startCosmos} from '../cosmos.js';
import {
	answering,
	failing,
	type Reply,
	silent,
	startEndpoint,
	structured,
	type TestEndpoint,
	wellAnswered,
} from '../enhancer/endpoint.js';

const key = 'sk-never-to-be-seen';

describe('the chat endpoint of [enhancer]', () => {
	let home: string;
	let data: string;
	let endpoint: TestEndpoint;
	let store: Store;
	let prompt: Prompt;

	beforeAll(async () => {
		home = mkdtempSync(path.join(tmpdir(), 'cosmos-enhancer-'));
		data = path.join(home, 'data');
		endpoint = await startEndpoint(wellAnswered);
		store = await openStore({folder: data});
		configure();
	});

	beforeEach(async () => {
		endpoint.received.length = 0;
		endpoint.replyWith(wellAnswered);
		prompt = await addPrompt('A fox in the snow');
	});

	afterAll(async () => {
		store?.close();
		await endpoint?.stop();
		rmSync(home, {recursive: true, force: true});
	});

	function configure(more = '') {
		mkdirSync(path.join(home, '.config', 'cosmos'), {recursive: true});
		writeFileSync(
			path.join(home, '.config', 'cosmos', 'config.toml'),
			`[enhancer]\nurl = "${endpoint.url}"\nmodel = "writer-1"\nkey_env = "WRITER_KEY"\n${more}`,
		);
	}

	const options = (env: object = {}) => ({
		cwd: home,
		env: {HOME: home, COSMOS_DATA: data, WRITER_KEY: key, ...env},
	});
	const cosmos = (words: readonly string[], env: object = {}) => runCosmos(words, options(env));
	const addPrompt = (text: string, more: Partial<Prompt> = {}) =>
		store.addPrompt(id => ({
			id,
			name: 'fox',
			text,
			negative: '',
			videoDir: '',
			inputs: [],
			model: 'cosmos3',
			createdAt: '2026-11-01T00:00:00.000Z',
			...more,
		}));
	const latestRuns = async (limit = 1) =>
		(await store.listRuns({limit})).map(({run}) => run).toReversed();

	/** Everything that is kept on this machine. */
	const kept = () =>
		readdirSync(home, {recursive: true, withFileTypes: true})
			.filter(entry => entry.isFile())
			.map(entry => readFileSync(path.join(entry.parentPath, entry.name), 'utf8'))
			.join('\n');

	const notice = () =>
		`warning: prompt texts are sent to ${endpoint.url}/chat/completions (model writer-1)\n`;

	it('writes a structured prompt that refers to its source, and says once where the text goes', async () => {
		const {code, stdout, stderr} = await cosmos(['prompt-enhance', prompt.id, '--stream']);
		expect({code, stderr}).toMatchObject({code: 0});
		expect(stderr.split(notice())).toHaveLength(2);
		const [run] = await latestRuns();
		expect(run).toMatchObject({
			...{operation: 'enhance', model: 'cosmos3', mode: 'endpoint', host: 'enhancer'},
			...{status: 'completed', simulated: false, promptId: prompt.id},
			endpoint: {url: endpoint.url, model: 'writer-1', keyEnv: 'WRITER_KEY'},
		});
		const [made] = await store.listPrompts();
		expect(made).toMatchObject({
			name: 'fox-enhanced',
			text: JSON.stringify(structured),
			parentId: prompt.id,
			enhancedBy: run?.id,
			model: 'cosmos3',
		});
		expect(stdout).toContain(`${made?.id}\tnew prompt\n`);
		expect(endpoint.received[0]?.headers.authorization).toBe(`Bearer ${key}`);
		expect(kept() + stdout + stderr).not.toContain(key);
	});

	it('replaces the text of the same prompt with the old one in its history', async () => {
		await cosmos(['prompt-enhance', prompt.id, '--no-create-new']);
		const [run] = await latestRuns();
		expect(await store.getPrompt(prompt.id)).toMatchObject({
			text: JSON.stringify(structured),
			history: [{text: 'A fox in the snow', by: run?.id}],
		});
	});

	it('is asked for each prompt by itself: a failure costs one', async () => {
		const others = [await addPrompt('A hare'), await addPrompt('A crow')];
		endpoint.replyWith(wellAnswered, failing(400, 'no hares'), wellAnswered);
		const words = ['prompt-enhance', prompt.id, ...others.map(({id}) => id)];
		const {code, stderr} = await cosmos(words);
		expect(code).toBe(1);
		expect(stderr.split(notice())).toHaveLength(2);
		const runs = await latestRuns(3);
		expect(runs.map(({status}) => status)).toEqual(['completed', 'failed', 'completed']);
		expect(runs[1]).toMatchObject({failure: {reason: 'endpoint-rejected'}});
		expect(stderr).toContain(
			`cosmos: ${runs[1]?.id}: ${endpoint.url}/chat/completions rejected the request: 400 Bad Request: no hares\n`,
		);
	});

	it('is not asked again after it has refused the key', async () => {
		const other = await addPrompt('A hare');
		endpoint.replyWith(failing(401, 'who are you'));
		const {code, stderr} = await cosmos(['prompt-enhance', prompt.id, other.id, '--json']);
		expect(code).toBe(1);
		expect(endpoint.received).toHaveLength(1);
		const runs = await latestRuns(2);
		expect(runs.map(run => run.status === 'failed' && run.failure.reason)).toEqual([
			'endpoint-refused',
			'endpoint-refused',
		]);
		expect(stderr).toContain('Put a valid key for it into WRITER_KEY.');
		expect(await store.getPrompt(prompt.id)).toEqual(prompt);
	});

	it.each<[string, Reply]>([
		['bad-answer', answering('Once upon a time')],
		['endpoint-not-found', failing(404, 'no such model')],
		['endpoint-busy', failing(429, '', {'retry-after': '0'})],
		['endpoint-failed', failing(500, '', {'retry-after': '0'})],
	])('fails a single run with %s', async (reason, reply) => {
		endpoint.replyWith(reply);
		expect((await cosmos(['prompt-enhance', prompt.id])).code).toBe(1);
		const [run] = await latestRuns();
		expect(run).toMatchObject({status: 'failed', failure: {reason}});
		expect(await store.getPrompt(prompt.id)).toEqual(prompt);
	});

	it('needs the key, and records nothing without it', async () => {
		const before = await latestRuns(100);
		const {code, stderr} = await cosmos(['prompt-enhance', prompt.id], {WRITER_KEY: ''});
		expect(code).toBe(3);
		expect(stderr).toContain("the endpoint's key is not here: WRITER_KEY is not set");
		expect(await latestRuns(100)).toEqual(before);
	});

	it('is only described by a dry run', async () => {
		const {code, stdout} = await cosmos(['prompt-enhance', prompt.id, '--dry-run']);
		expect(code).toBe(0);
		expect(stdout).toContain(
			`sends each prompt to:\n  POST ${endpoint.url}/chat/completions, model writer-1, the key in WRITER_KEY\n`,
		);
		expect(stdout).toContain('A fox in the snow');
		expect(stdout).toContain(notice());
		expect(endpoint.received).toEqual([]);
	});

	it('sees an image only if the configuration says so', async () => {
		const file = path.join(home, 'fox.png');
		// One pixel.
		const pixel =
			'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
		writeFileSync(file, Buffer.from(pixel, 'base64'));
		const {code, stdout} = await cosmos(['create', 'prompt', 'A fox', file, '--model', 'cosmos3']);
		expect(code).toBe(0);
		const id = stdout.trim().split(/\s/)[0] as string;
		const contentOf = (at: number) =>
			JSON.parse(endpoint.received[at]?.body ?? '').messages[1].content;

		await cosmos(['prompt-enhance', id]);
		expect(contentOf(0)).toContain('A fox');
		configure('images = true\n');
		const {stderr} = await cosmos(['prompt-enhance', id]);
		expect(stderr).toContain('prompt texts and images are sent to');
		expect(contentOf(1)[1]).toEqual({
			type: 'image_url',
			image_url: {url: `data:image/png;base64,${pixel}`},
		});
		await cosmos(['prompt-enhance', id, '--no-show-media']);
		expect(contentOf(2)).toContain('A fox');
		configure();
	});

	it('writes prompts of the queue, which says when it is added where they go', async () => {
		const added = await cosmos(['queue', 'add', 'prompt-enhance', prompt.id]);
		expect(added).toMatchObject({code: 0, stderr: notice()});
		expect((await cosmos(['queue', 'run', '--once'])).code).toBe(0);
		const [made] = await store.listPrompts();
		expect(made).toMatchObject({parentId: prompt.id, text: JSON.stringify(structured)});
	});

	it('is left when the run is stopped', async () => {
		endpoint.replyWith(silent);
		const started = startCosmos(['prompt-enhance', prompt.id], options());
		await expect.poll(() => endpoint.received.length).toBe(1);
		const [run] = await latestRuns();
		expect((await cosmos(['kill', run?.id as string])).code).toBe(0);
		expect((await started.ended).code).toBe(130);
		expect((await latestRuns())[0]).toMatchObject({status: 'cancelled'});
		expect(await store.getPrompt(prompt.id)).toEqual(prompt);
	});

	it.skipIf(process.platform !== 'linux')(
		'goes on without its cosmos, and is asked once: recover fetches the prompt',
		async () => {
			let answer: () => void = () => undefined;
			endpoint.replyWith((response, received) => {
				answer = () => wellAnswered(response, received);
			});
			const started = startCosmos(['prompt-enhance', prompt.id], options());
			await expect.poll(() => endpoint.received.length).toBe(1);
			started.process.kill('SIGKILL');
			await started.ended;
			answer();
			const [run] = await latestRuns();
			expect((await cosmos(['recover', run?.id as string])).code).toBe(0);
			const [made] = await store.listPrompts();
			expect(made).toMatchObject({parentId: prompt.id, enhancedBy: run?.id});
			expect(endpoint.received).toHaveLength(1);
		},
	);

	it('is asked again by a rerun', async () => {
		await cosmos(['prompt-enhance', prompt.id, '--for', 'image']);
		expect((await cosmos(['rerun', 'latest'])).code).toBe(0);
		expect((await latestRuns())[0]).toMatchObject({
			mode: 'endpoint',
			settings: {for: 'image'},
			status: 'completed',
		});
	});

	it('does nothing else', async () => {
		const {code, stderr} = await cosmos(['inference', prompt.id, '--host', 'enhancer']);
		expect(code).toBe(2);
		expect(stderr).toContain('enhancer only enhances prompts');
	});

	it('is not asked for prompts of other families', async () => {
		const other = await addPrompt('A hare', {model: 'transfer1'});
		const {code, stderr} = await cosmos(['prompt-enhance', other.id, '--host', 'enhancer']);
		expect(code).toBe(2);
		expect(stderr).toContain('enhancer writes structured prompts, and fox is for transfer1');
		expect((await cosmos(['prompt-enhance', other.id])).stderr).toContain('needs color');
		expect(endpoint.received).toEqual([]);
	});

	it('is never that of a project file that is not trusted', async () => {
		const stranger = await startEndpoint(wellAnswered);
		const folder = path.join(home, 'project');
		mkdirSync(folder);
		writeFileSync(
			path.join(folder, 'cosmos.toml'),
			`[enhancer]\nurl = "${stranger.url}"\nmodel = "other"\nkey_env = "WRITER_KEY"\n`,
		);
		const words = ['prompt-enhance', prompt.id, '--model', 'cosmos3'];
		const {code} = await runCosmos(words, {...options(), cwd: folder});
		expect(code).toBe(0);
		expect(stranger.received).toEqual([]);
		expect(endpoint.received).toHaveLength(1);
		const config = await runCosmos(['config'], {...options(), cwd: folder});
		expect(config.stdout).toMatch(/^enhancer\s+withheld/m);
		await stranger.stop();
	});

	it.each([
		['url = "ftp://x"\nmodel = "m"', 'must be an address such as'],
		['url = "https://me:pw@x/v1"\nmodel = "m"', 'must not contain a key'],
		['url = "https://x/v1?api_key=1"\nmodel = "m"', 'must not contain a key'],
		['url = "https://x/v1"', 'enhancer.model'],
		['url = "https://x/v1"\nmodel = "m"\nkey = "sk"', 'unknown key "key"'],
	])('is refused in the configuration: %s', async (text, problem) => {
		const file = path.join(home, 'wrong.toml');
		writeFileSync(file, `[enhancer]\n${text}\n`);
		const {code, stderr} = await cosmos(['config', '--config', file]);
		expect(code).toBe(3);
		expect(stderr).toContain(problem);
	});
});
