import {describe, expect, it} from 'vitest';
import {checkpointsOf} from '../../../source/domain/models/repositories.js';
import {provenanceRows, readProvenance} from '../../../source/domain/runs/provenance.js';
import type {Run} from '../../../source/domain/types.js';

const commit = 'a1'.repeat(20);
const hash = 'b2'.repeat(32);

describe('what made a result', () => {
	it('is read from the lines of a start', () => {
		const lines = [
			...[`image-id sha256:${hash}`, `digest nvcr.io/nv/cosmos@sha256:${hash}`, 'cuda 12.8.1'],
			...[`commit ${commit}`, 'changed yes', `checkpoint nvidia/Cosmos3-Nano ${commit}`],
			...['driver 570.1', 'gpu NVIDIA H200', 'driver 570.1', 'gpu NVIDIA H200'],
		];
		const madeBy = {
			cosmos: {version: '1.0.0'},
			...readProvenance(lines, {engine: 'Docker 28', image: 'cosmos:1'}),
		};
		expect(provenanceRows({madeBy})).toEqual([
			['cosmos', '1.0.0'],
			['engine', 'Docker 28'],
			['image', 'cosmos:1'],
			['image digest', `sha256:${hash}`],
			['checkout', `${commit}, with local changes`],
			['checkpoints', `nvidia/Cosmos3-Nano ${commit}`],
			['gpu', '2 × NVIDIA H200'],
			['driver', '570.1'],
			['cuda', '12.8.1'],
		]);
	});

	it('is only what has the form of it: a host may say anything', () => {
		const lines = [
			...[
				'commit --upload-pack=x',
				'checkpoint a b',
				'driver',
				'cuda $(reboot)',
				'digest x@sha256:1',
			],
			...[`gpu \u001b[31mred\u0007${'x'.repeat(1000)}`, 'other thing', ''],
		];
		expect(readProvenance(lines, {})).toEqual({gpus: [`red${'x'.repeat(252)}`]});
	});

	it.each([
		[
			{model: 'cosmos3', settings: {checkpoint: 'Cosmos3-Super'}},
			['nvidia/Cosmos3-Super', 'nvidia/Cosmos-Guardrail1'],
		],
		[
			{model: 'cosmos3', settings: {}, server: {checkpoint: 'Cosmos3-Nano'}},
			['nvidia/Cosmos3-Nano', 'nvidia/Cosmos-Guardrail1'],
		],
		[{model: 'transfer2.5', settings: {}}, ['nvidia/Cosmos-Transfer2.5-2B']],
		[{operation: 'recipe', model: 'own', settings: {}}, []],
	])('asks for the checkpoints of %j', (run, names) => {
		expect(checkpointsOf({operation: 'transfer', ...run} as unknown as Run)).toEqual(names);
	});
});
