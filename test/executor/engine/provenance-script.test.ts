import {spawnSync} from 'node:child_process';
import {appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {
	gpuRowFunctions,
	provenanceFunction,
} from '../../../source/executor/engine/provenance-script.js';
import {commitCheckout} from '../../lab/commit-checkout.js';
import {writeNvidiaSmi} from '../../lab/nvidia-smi.js';

let home: string;
let checkout: string;

beforeEach(() => {
	home = mkdtempSync(path.join(tmpdir(), 'cosmos-made-'));
	checkout = path.join(home, 'a checkout');
	mkdirSync(checkout);
});

afterEach(() => rmSync(home, {recursive: true, force: true}));

function write(file: string, text: string): void {
	mkdirSync(path.dirname(path.join(home, file)), {recursive: true});
	writeFileSync(path.join(home, file), text);
}

function ask(job: {checkpoints?: string[]; gpus?: number[]}, tools = ''): string[] {
	const script = `mine=${(job.gpus ?? []).join('-')}
${gpuRowFunctions}
${provenanceFunction({workFolder: checkout, ...job}, 'host')}
provenance
made_gpus`;
	const env = {HOME: home, PATH: `${tools}:${process.env.PATH}`};
	const {stdout, stderr} = spawnSync('sh', ['-c', script], {env, encoding: 'utf8'});
	expect(stderr).toBe('');
	return stdout.split('\n').filter(line => line !== '');
}

describe('a host that is asked what makes a result', () => {
	it('says the commit of the checkout, and whether a file of it was changed', () => {
		const commit = commitCheckout(checkout);
		writeFileSync(path.join(checkout, 'new-file'), 'not of the checkout\n');
		expect(ask({})).toEqual([`made commit ${commit}`]);
		appendFileSync(path.join(checkout, 'README.md'), 'changed\n');
		expect(ask({})).toEqual([`made commit ${commit}`, 'made changed yes']);
	});

	it('says the revisions that its cache has, and what was downloaded into the checkout', () => {
		const revisions = ['1', '2', '3'].map(digit => digit.repeat(40));
		const hub = '.cache/huggingface/hub/models--a--';
		write(`${hub}by-ref/refs/main`, revisions[0] as string);
		write(`${hub}by-snapshot/snapshots/${revisions[1]}/config.json`, '{}');
		const there = 'a checkout/checkpoints/a/there/.cache/huggingface/download';
		write(`${there}/model.pt.metadata`, `${revisions[2]}\netag\n0\n`);
		expect(ask({checkpoints: ['a/by-ref', 'a/by-snapshot', 'a/there', 'a/missing']})).toEqual([
			`made checkpoint a/by-ref ${revisions[0]}`,
			`made checkpoint a/by-snapshot ${revisions[1]}`,
			`made checkpoint a/there ${revisions[2]}`,
		]);
	});

	it('says the GPUs of the job alone, the driver and its CUDA', async () => {
		const tools = await writeNvidiaSmi(path.join(home, 'tools'));
		expect(ask({gpus: [1]}, tools)).toEqual([
			'made cuda 12.4',
			'made driver 550.54.15',
			'made gpu NVIDIA H100 80GB HBM3',
		]);
	});

	it('says nothing that it does not know', () => {
		expect(ask({checkpoints: ['a/b'], gpus: [0]})).toEqual([]);
	});
});
