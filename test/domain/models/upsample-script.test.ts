import {spawnSync} from 'node:child_process';
import {existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {readAnswer} from '../../../source/domain/models/enhance-answer.js';
import {enhanceJob} from '../../../source/domain/models/enhance1.js';
import {available} from '../../lab/available.js';
import {enhanceTask} from './tasks.js';

/** Has the face of the model's class, and notes how it was used. */
const standIn = `
import json, os

class PixtralPromptUpsampler:
    def __init__(self, checkpoint_dir, offload_prompt_upsampler=False):
        note(loaded=checkpoint_dir, offload=offload_prompt_upsampler, env=dict(os.environ))

    def _prompt_upsample_with_offload(self, prompt, video_path):
        note(prompt=prompt, video=video_path)
        if prompt.startswith("break"):
            raise RuntimeError("CUDA out of memory")
        return {"none": None}.get(prompt, prompt + ", in rain")

def note(**what):
    with open("notes", "a") as file:
        file.write(json.dumps(what) + "\\n")
`;

/** Has to be imported before the model. */
const fixFile = 'cosmos_transfer1/utils/fix_vllm_registration.py';
const fix = `
import json, sys

with open("notes", "a") as file:
    file.write(json.dumps({"fixed": "cosmos_transfer1.auxiliary" not in sys.modules}) + "\\n")
`;

describe.skipIf(!available('python3'))('upsample.py', () => {
	let checkout: string;

	beforeEach(() => {
		checkout = mkdtempSync(path.join(tmpdir(), 'cosmos-python-'));
		const model = path.join(checkout, 'cosmos_transfer1/auxiliary/upsampler/model');
		mkdirSync(model, {recursive: true});
		writeFileSync(path.join(model, 'upsampler.py'), standIn);
		mkdirSync(path.join(checkout, 'cosmos_transfer1/utils'));
		writeFileSync(path.join(checkout, fixFile), fix);
	});

	afterEach(() => {
		rmSync(checkout, {recursive: true, force: true});
	});

	const {files, command} = enhanceJob(enhanceTask, {
		runFolder: 'runs/1',
		inputs: {color: 'a.mp4'},
		gpuCount: 1,
	});

	/** Runs the command as the host does, with another request if one is given. */
	function run(request?: unknown, env: Record<string, string> = {}) {
		const folder = path.join(checkout, 'runs/1');
		mkdirSync(folder, {recursive: true});
		for (const {name, text} of files) {
			writeFileSync(path.join(folder, name), text);
		}

		if (request !== undefined) {
			writeFileSync(path.join(folder, 'spec.json'), JSON.stringify(request));
		}

		const {status, stdout, stderr} = spawnSync('python3', command.slice(1), {
			cwd: checkout,
			env: {...process.env, PYTHONPATH: checkout, PYTHONDONTWRITEBYTECODE: '1', ...env},
			encoding: 'utf8',
		});
		const result = path.join(folder, 'outputs/enhanced.json');
		const read = (file: string) => (existsSync(file) ? readFileSync(file, 'utf8') : '');
		const notes = read(path.join(checkout, 'notes')).split('\n').filter(Boolean);
		return {
			status,
			stdout,
			stderr,
			result: read(result),
			notes: notes.map(line => JSON.parse(line)).filter(note => !('fixed' in note)),
			fixed: notes.map(line => JSON.parse(line).fixed)[0],
		};
	}

	it('imports what fixes the registration of vLLM before the model, where the checkout has it', () => {
		expect(run().fixed).toBe(true);
		rmSync(path.join(checkout, 'cosmos_transfer1/utils'), {recursive: true});
		rmSync(path.join(checkout, 'notes'));
		const {status, fixed} = run();
		expect([status, fixed]).toEqual([0, undefined]);
	});

	it("writes the model's answer in the format that the run reads", () => {
		const {status, result} = run();
		expect(readAnswer(enhanceTask, result)).toBe('A street, in rain');
		expect(status).toBe(0);
	});

	it('loads the model once for several prompts', () => {
		const prompts = ['a', 'b', 'c'].map(id => ({id, text: `text ${id}`, video: `${id}.mp4`}));
		const {status, result, notes} = run({prompts});
		expect(JSON.parse(result).results).toEqual(
			prompts.map(({id, text}) => ({id, text: `${text}, in rain`})),
		);
		expect(notes.filter(note => note.loaded)).toMatchObject([
			{loaded: 'checkpoints', offload: false},
		]);
		expect(notes.slice(1).map(note => note.video)).toEqual(['a.mp4', 'b.mp4', 'c.mp4']);
		expect(status).toBe(0);
	});

	it('keeps the other texts if one prompt fails, and exits with 1', () => {
		const prompts = ['a', 'break', 'none', 'b'].map(text => ({id: text, text, video: 'v'}));
		const {status, result, stderr} = run({prompts});
		expect(JSON.parse(result).results).toEqual([
			{id: 'a', text: 'a, in rain'},
			{id: 'break', error: 'RuntimeError: CUDA out of memory'},
			{id: 'none', error: 'TypeError: the upsampler gave NoneType, not a text'},
			{id: 'b', text: 'b, in rain'},
		]);
		expect(stderr).toContain('RuntimeError: CUDA out of memory');
		expect(status).toBe(1);
	});

	it('gives the model an environment without torchrun, and spawned workers', () => {
		const left = {RANK: '0', WORLD_SIZE: '2', MASTER_ADDR: 'x', TORCHELASTIC_RUN_ID: 'y'};
		const {env} = run(undefined, {...left, KEPT: 'z'}).notes[0];
		expect(Object.keys(env).filter(name => name in left)).toEqual([]);
		expect(env).toMatchObject({KEPT: 'z', VLLM_WORKER_MULTIPROC_METHOD: 'spawn'});
	});

	it('preserves every character in both directions', () => {
		const text = '"q" \'s\' \\ %s\n\t🌆 ünï \ud800';
		const {result} = run({prompts: [{id: 'a', text, video: 'v'}]});
		expect(JSON.parse(result).results[0].text).toBe(`${text}, in rain`);
	});

	it('fails without a result if the request is missing', () => {
		const {status, stderr, result} = run({});
		expect(stderr).toContain("KeyError: 'prompts'");
		expect([status, result]).toEqual([1, '']);
	});
});
