import {expect, it} from 'vitest';
import {batchModelOf, samplingOf} from '../../../source/domain/models/models.js';
import {createLineFinder, createLineWatch} from '../../../source/domain/runs/line-watch.js';

const at =
	'[11-26 04:53:36|INFO|cosmos_transfer1/diffusion/inference/world_generation_pipeline.py:637';
const transfer = {operation: 'transfer', model: 'transfer1'} as const;
const begins = [
	[transfer, `${at}:_run_model] Starting diffusion sampling\r\n`],
	[{operation: 'upscale', model: 'transfer1'}, `${at}:_run_model] Starting diffusion sampling\n`],
	[{operation: 'enhance', model: 'transfer1'}, 'Enhancing prompt 1 of 2: ps_000000000001\n'],
	[
		{operation: 'transfer', model: 'transfer2.5'},
		'\rGenerating samples:   0%|          | 0/35 [00:00<?, ?it/s]',
	],
] as const;

it.each(begins)('recognises the start of sampling, even in pieces: %o', (kind, text) => {
	const isSampling = createLineWatch(samplingOf(kind) as RegExp);
	const bytes = Buffer.from(`Loading checkpoint shards: 100%|███| 4/4\n${text}`);
	const answers = Array.from(bytes, byte => isSampling(Buffer.of(byte)));
	expect(answers.at(-1)).toBe(true);
	expect(answers.indexOf(true)).toBeGreaterThan(bytes.indexOf('4/4'));
	expect(isSampling(Buffer.from('and more'))).toBe(true);
});

it('does not mistake a prompt or an endless line for it', () => {
	const isSampling = createLineWatch(samplingOf(transfer) as RegExp);
	expect(isSampling(Buffer.from('    "prompt": "Starting diffusion sampling",\n'))).toBe(false);
	expect(isSampling(Buffer.from('x'.repeat(100_000)))).toBe(false);
	expect(isSampling(Buffer.from(`${at}:f] Starting diffusion sampling\n`))).toBe(false);
	expect(isSampling(Buffer.from(`${at}:f] Starting diffusion sampling\n`))).toBe(true);
});

const ends = [
	[
		transfer,
		'INFO|transfer.py:418:demo] Saved prompt to cosmos-runs/run_1/outputs/video_12/prompt.txt',
	],
	[
		{operation: 'enhance', model: 'transfer1'},
		'Saved cosmos-runs/run_1/outputs/prompt_12/enhanced.json',
	],
	[
		{operation: 'transfer', model: 'transfer2.5'},
		'SUCCESS|inference.py:300:_generate_sample] Generated video saved to out/video_12.mp4',
	],
	[
		{operation: 'transfer', model: 'cosmos3', mode: 'transfer'},
		"[11-29 17:00:00|job=|SUCCESS|a.py:1889:b] [RANK 0] Saved transfer outputs to '/w/outputs/sample_12/1/sample_outputs.json'",
	],
	[
		{operation: 'transfer', model: 'cosmos3', mode: 'reasoner'},
		"[11-29 17:00:00|job=|SUCCESS|a.py:1981:b] [RANK 0] Saved reasoner outputs to '/w/outputs/sample_12'",
	],
] as const;

it.each(ends)(
	'finds the line that names the complete result, however it is cut: %o',
	(kind, line) => {
		const find = createLineFinder(batchModelOf(kind)?.ends as RegExp);
		const bytes = Buffer.from(`Saved\n\u001b[32m${line}\u001b[0m\r\nmore\n${line}\n`);
		const found = Array.from(bytes, byte => find(Buffer.of(byte))).flat();
		expect(found.map(({groups}) => groups?.index)).toEqual(['12', '12']);
		expect(find(Buffer.from(`"prompt": "${line}"\n${'x'.repeat(100_000)}\n`))).toEqual([]);
		expect(find(bytes)).toHaveLength(2);
	},
);
