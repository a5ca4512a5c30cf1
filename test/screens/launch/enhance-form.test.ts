import {describe, expect, it} from 'vitest';
import type {Endpoint} from '../../../source/domain/hosts/endpoint.js';
import type {Prompt} from '../../../source/domain/types.js';
import {stepField} from '../../../source/screens/launch/form-edits.js';
import {outlookRows} from '../../../source/screens/launch/form-outlook.js';
import {enhanceKindOf} from '../../../source/screens/launch/form-target.js';
import {fieldsOf, launchForm, requestsOf} from '../../../source/screens/launch/launch-form.js';
import {prompt} from '../../dashboard/examples.js';

const endpoint: Endpoint = {
	url: 'https://api.example.com/v1',
	model: 'writer-1',
	images: false,
	answerLimit: 120,
};

function form(host: string, ...prompts: Prompt[]) {
	const hostModels = {h100: 'cosmos3', enhancer: 'cosmos3'};
	const hosts = ['old', 'h100', 'enhancer'];
	const {model, mode} = enhanceKindOf(
		prompts,
		(hostModels as Record<string, string>)[host],
		host === 'enhancer',
	);
	const target = {operation: 'enhance', prompts} as const;
	return launchForm({target, hosts, host, model, mode, hostModels, endpoint});
}

const common = ['preset', 'createNew', 'force', 'for', 'seconds', 'showMedia'];

describe('the form of an enhancement', () => {
	it('has the fields of what does it on its host', () => {
		const one = prompt(1);
		expect(fieldsOf(form('old', one))).toEqual([
			...['preset', 'createNew', 'force', 'timeLimit', 'host'],
		]);
		expect(fieldsOf(form('enhancer', one))).toEqual([...common, 'timeLimit', 'host']);
		expect(fieldsOf(form('h100', one))).toEqual([
			...common,
			...['checkpoint', 'seed', 'timeLimit', 'host', 'more'],
		]);
	});

	it('changes them with the host, and keeps what both have', () => {
		const begun = {...form('h100', prompt(1)), values: {for: 'image', seed: '7'}, focus: 'host'};
		const moved = stepField(begun, 1);
		expect(moved).toMatchObject({host: 'enhancer', mode: 'endpoint', values: {for: 'image'}});
		expect(requestsOf(moved)).toEqual([
			{operation: 'enhance', promptId: prompt(1).id, host: 'enhancer', settings: {for: 'image'}},
		]);
		expect(stepField(moved, -1)).toMatchObject({host: 'h100', mode: 'reasoner'});
		expect(fieldsOf(stepField(moved, 1))).not.toContain('for');
	});

	it('goes by the family of the prompts before that of the host', () => {
		const old = prompt(1, {model: 'transfer1'});
		expect(form('h100', old)).toMatchObject({model: 'transfer1', mode: undefined});
		expect(form('old', prompt(1, {model: 'cosmos3'}))).toMatchObject({mode: 'reasoner'});
	});

	it('says where the texts go, and only of the endpoint', () => {
		const rows = (host: string) => outlookRows(form(host, prompt(1), prompt(2)), 100, 5).join('\n');
		expect(rows('enhancer').match(/prompt texts are sent to/g)).toHaveLength(1);
		expect(rows('enhancer')).toContain('https://api.example.com/v1/chat/completions');
		expect(rows('h100')).toBe('');
	});
});
