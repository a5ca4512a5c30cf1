import {describe, expect, it} from 'vitest';
import type {Host} from '../../../source/domain/hosts/host.js';
import {hostsFor, slotKeysFor, targetsOf} from '../../../source/domain/hosts/host-choice.js';
import {demoHost, gpuHost} from '../../dashboard/examples.js';

const host = (name: string, more: Partial<Host> = {}): Host => ({...gpuHost, name, ...more});
const hosts = [
	host('a', {groups: ['fast'], gpus: [0, 1, 2], gpuSets: [[0], [1, 2]]}),
	host('b', {gpus: []}),
	host('c', {groups: ['fast', 'big'], gpus: [0]}),
	demoHost,
];
const namesFor = (target: string, all = hosts) => hostsFor(all, target).map(({name}) => name);

describe('the target of a launch', () => {
	it('is a host, a group, or any', () => {
		expect(targetsOf(hosts)).toEqual(['a', 'b', 'c', 'demo', 'fast', 'big', 'any']);
		expect(namesFor('b')).toEqual(['b']);
		expect(namesFor('fast')).toEqual(['a', 'c']);
		expect(namesFor('any')).toEqual(['a', 'b', 'c']);
		expect(namesFor('slow')).toEqual([]);
	});

	it('never resolves any to a simulated host if there is a real one', () => {
		const drawn = host('drawn', {simulated: true});
		expect(namesFor('any', [drawn, ...hosts])).toEqual(['a', 'b', 'c']);
		expect(namesFor('any', [drawn, demoHost])).toEqual(['drawn']);
		expect(namesFor('any', [demoHost])).toEqual(['demo']);
		expect(targetsOf([host('a'), demoHost])).not.toContain('any');
	});

	it('includes all slots of its hosts', () => {
		expect(slotKeysFor(hosts, 'any')).toEqual(['a gpu0', 'a gpu1-2', 'b all', 'c gpu0']);
	});
});
