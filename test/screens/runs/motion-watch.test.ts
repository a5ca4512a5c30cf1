import {expect, it} from 'vitest';
import {motionIn} from '../../../source/screens/runs/motion-watch.js';

const bar = (percent: number, done: number) =>
	`${String(percent).padStart(3)}%|███       | ${done}/35 [00:54<01:04,  3.40s/it]`;

it('finds the bar at the end of a log', () => {
	const motion = motionIn(`loading\n\r${bar(43, 15)}\r${bar(46, 16)}`);
	expect(motion.bar).toMatchObject({percent: 46, done: 16, total: 35, etaSeconds: 64});
});

it('keeps a bar that a few lines follow while it is not full', () => {
	expect(motionIn(`${bar(46, 16)}\na warning\n`).bar?.percent).toBe(46);
});

it('forgets a full bar when lines follow it', () => {
	expect(motionIn(`${bar(100, 35)}\nsaving the video\n`)).toEqual({
		bar: undefined,
		lastLine: 'saving the video',
	});
});

it('forgets a bar that many lines follow', () => {
	expect(motionIn(`${bar(46, 16)}\n1\n2\n3\n4\n`).bar).toBeUndefined();
});

it('says the last line where there is no bar', () => {
	expect(motionIn('one\ntwo\n')).toEqual({bar: undefined, lastLine: 'two'});
});
