import {expect, it} from 'vitest';
import {hintWords} from '../../../source/state/content/hint-words.js';
import {addNotice} from '../../../source/state/notices.js';
import {filled} from '../../dashboard/examples.js';

const kind = {operation: 'transfer', model: 'cosmos3', mode: 'text2video'} as const;

it.each([
	[
		'Use --resolution 480, fewer --frames or --offload-guardrails, or a shorter video.',
		'Use resolution 480, fewer frames or offload guardrails, or a shorter video.',
	],
	['Launch with --no-guardrails.', 'Launch with guardrails off.'],
	[
		'Another process uses it: `cosmos status` shows which.',
		'Another process uses it: H shows which.',
	],
	[
		'They are still on the host; `cosmos fetch run_1` tries again without using the GPU.',
		'They are still on the host; F tries again without using the GPU.',
	],
	[
		'Give the container more (docker_args = ["--shm-size=16g"] or --ipc=host).',
		'Give the container more (docker_args = ["--shm-size=16g"] or --ipc=host).',
	],
	['Run `git lfs pull`.', 'Run `git lfs pull`.'],
])('says %j by fields and keys', (hint, words) => {
	expect(hintWords(filled(), hint, kind)).toBe(words);
});

it('says so in a notice, which may be of any run', () => {
	const notice = {
		tone: 'bad',
		text: 'x: no memory',
		hint: 'Use --offload-transformer.',
		at: 0,
	} as const;
	expect(addNotice(filled(), notice).notices.at(-1)?.hint).toBe('Use offload transformer.');
});
