import {stripVTControlCharacters} from 'node:util';
import {expect, it} from 'vitest';
import type {Host} from '../../source/domain/hosts/host.js';
import type {Job} from '../../source/domain/queue/job.js';
import type {ModelServer} from '../../source/domain/servers/server.js';
import {serverRows} from '../../source/screens/launch/form-outlook.js';
import {type LaunchForm, launchForm} from '../../source/screens/launch/launch-form.js';
import type {ShownJob} from '../../source/workflow/queue/queue-types.js';
import {apply, commanded, filled, noon, prompt} from '../dashboard/examples.js';
import {screenOf} from '../dashboard/frame.js';

const nano: ModelServer = {
	...{name: 'nano', kind: 'vllm-omni', checkpoint: 'Cosmos3-Nano', image: 'vllm:1'},
	...{gpus: [0], lane: 'gpu0', args: [], idleStop: 1800, startLimit: 1800},
};
const hosts = filled().hosts.map(
	(host): Host => (host.name === 'h100' ? {...host, servers: [nano]} : host),
);
const text = {...prompt(1), inputs: []};

function formOf(values: LaunchForm['values'], prompts = [text], together = false) {
	const target = {operation: 'transfer' as const, prompts, together};
	const form = launchForm({target, hosts: ['h100'], host: 'h100', model: 'cosmos3'});
	return serverRows({hosts}, {...form, values}, 84).map(row =>
		stripVTControlCharacters(row).trim(),
	);
}

it('the launch form says which server does the job, or why not', () => {
	expect(formOf({})).toEqual([
		'server nano: does it if it runs, or if another job waits for its model',
	]);
	expect(formOf({outputs: '2'})).toEqual(['server nano: cannot do it: a request makes one video']);
	expect(formOf({}, [text, text])).toEqual([
		'server nano: does it, and is started if it does not run',
	]);
	expect(formOf({}, [text, text], true)).toEqual([]);
});

it('the queue says it of a job that waits', () => {
	const request = {promptId: text.id, model: 'cosmos3', mode: 'text2video', server: true};
	const job = {
		...{id: 'job_000000000001', host: 'h100', lane: '', attempts: 0, status: 'waiting'},
		...{createdAt: new Date(noon).toISOString()},
		parts: [{id: 'job_000000000001', name: 'street', request}],
	} as Job;
	const jobs: ShownJob[] = [{job, shown: 'waiting', note: ''}];
	const view = {paused: false, jobs, lanes: [], workers: [], undoable: 0};
	const state = {...apply(filled(), {type: 'queue-read', view, at: noon}), hosts};
	expect(screenOf(commanded(state, 'to-queue'))).toMatch(
		/server +nano: does it, and is started if it does/,
	);
});
