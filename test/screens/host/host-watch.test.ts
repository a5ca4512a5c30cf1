import {afterEach, beforeEach, expect, it, vi} from 'vitest';
import {update} from '../../../source/dashboard/update.js';
import {createHostWatch, lookPause, silentPause} from '../../../source/screens/host/host-watch.js';
import type {DashboardState} from '../../../source/state/dashboard-state.js';
import type {Event} from '../../../source/state/event.js';
import type {HostReport} from '../../../source/workflow/workflow-types.js';
import {commanded, demoHost, gpuReport, start} from '../../dashboard/examples.js';
import {screenOf} from '../../dashboard/frame.js';

beforeEach(() => {
	vi.useFakeTimers();
});

afterEach(() => {
	vi.useRealTimers();
});

/** A watch of the host page, and hosts that answer when the test says so. */
function watching() {
	const asked: Array<{name: string; known: boolean; answer: (report: HostReport) => void}> = [];
	let state: DashboardState = start();
	let ended = false;
	const watch = createHostWatch(
		{
			hostReport: (name, known) =>
				new Promise(answer => asked.push({name, known: known !== undefined, answer})),
		},
		(event: Event) => {
			if (!ended) {
				state = update(state, event)[0];
				watch.follow(state);
			}
		},
	);
	return {
		watch,
		state: () => state,
		questions: () => asked.map(({name, known}) => `${name}${known ? ', engine known' : ''}`),
		press(...commands: Parameters<typeof commanded>[1][]) {
			state = commanded(state, ...commands);
			watch.follow(state);
		},
		/** As the dashboard ends: nothing reaches its state any more. */
		end() {
			ended = true;
			watch.close();
		},
		/** The last question is answered; what follows from that has then happened. */
		async answer(report = gpuReport()) {
			asked.at(-1)?.answer(report);
			await vi.advanceTimersByTimeAsync(0);
		},
	};
}

it('asks nothing before the page is open', async () => {
	const {press, questions} = watching();
	press('stats');
	await vi.advanceTimersByTimeAsync(10 * lookPause);
	expect(questions()).toEqual([]);
});

it('waits for the answer before it plans the next question, and checks the engine once', async () => {
	const {press, answer, questions} = watching();
	press('host');
	await vi.advanceTimersByTimeAsync(10 * lookPause);
	expect(questions()).toEqual(['demo']);
	await answer();
	await vi.advanceTimersByTimeAsync(lookPause - 1);
	expect(questions()).toHaveLength(1);
	await vi.advanceTimersByTimeAsync(1);
	expect(questions()).toEqual(['demo', 'demo, engine known']);
});

it('stops when the page closes, also while an answer is awaited', async () => {
	const {press, answer, questions} = watching();
	press('host');
	await answer();
	press('page-close');
	await vi.advanceTimersByTimeAsync(10 * lookPause);
	expect(questions()).toHaveLength(1);
	press('host', 'page-close');
	press('host');
	expect(questions()).toHaveLength(2);
	press('page-close');
	await answer();
	await vi.advanceTimersByTimeAsync(10 * lookPause);
	expect(questions()).toHaveLength(2);
});

it('stops when the dashboard ends', async () => {
	const {end, press, answer, questions} = watching();
	press('host');
	end();
	await answer();
	await vi.advanceTimersByTimeAsync(10 * lookPause);
	expect(questions()).toHaveLength(1);
});

it('goes over to another host and asks that one only', async () => {
	const {press, answer, questions} = watching();
	press('host');
	await answer();
	press('host-next');
	await vi.advanceTimersByTimeAsync(10 * lookPause);
	expect(questions()).toEqual(['demo', 'h100']);
});

it('leaves a silent host in peace for longer, unless it is told to look', async () => {
	const {watch, press, answer, questions} = watching();
	press('host');
	await answer({...gpuReport(), silent: true, problem: {message: '', hint: '', exitCode: 4}});
	await vi.advanceTimersByTimeAsync(silentPause - 1);
	expect(questions()).toHaveLength(1);
	watch.askAgain();
	expect(questions()).toEqual(['demo', 'demo']);
});

it('says that an answer is late, until it has come', async () => {
	const {state, press, answer} = watching();
	press('host');
	await vi.advanceTimersByTimeAsync(4999);
	expect(state().looks).toEqual({});
	await vi.advanceTimersByTimeAsync(1);
	expect(screenOf(state())).toMatch(/asked at \d\d:\d\d, no answer yet/);
	await answer({...gpuReport(), host: demoHost});
	expect(screenOf(state())).not.toContain('no answer yet');
});
