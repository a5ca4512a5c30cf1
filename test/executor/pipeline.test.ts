import {setImmediate as nextTurn} from 'node:timers/promises';
import {describe, expect, it} from 'vitest';
import {createPipeline, type Handover, mostAhead} from '../../source/executor/pipeline.js';

const open = new AbortController().signal;

/** What a job does: the phases that it has come to, and the way to let each one end. */
function start(pipeline: ReturnType<typeof createPipeline>, id: string, log: string[]) {
	const member = pipeline.join(id);
	const ends = new Map<string, () => void>();
	const phase = (name: string) => {
		log.push(`${id} ${name}`);
		return new Promise<void>(resolve => {
			ends.set(name, resolve);
		});
	};

	const {place} = member;
	const ended = (async () => {
		await place.upload(1, open, () => phase('uploads'));
		await place.enter(id, holder => log.push(`${id} waits for ${holder}`));
		await phase('computes');
		place.leave();
		await place.download(open, () => phase('downloads'));
		member.close();
	})();
	return {
		member,
		ended,
		async end(name: string) {
			ends.get(name)?.();
			await nextTurn();
		},
	};
}

describe('jobs in a pipeline', () => {
	it('overlap: the next one uploads while one computes, and computes while that is downloaded', async () => {
		const log: string[] = [];
		const pipeline = createPipeline();
		const [a, b] = [start(pipeline, 'a', log), start(pipeline, 'b', log)];
		await nextTurn();
		expect(log).toEqual(['a uploads']);
		await a.end('uploads');
		expect(log.slice(1).sort()).toEqual(['a computes', 'b uploads']);
		await b.end('uploads');
		expect(log.slice(3)).toEqual(['b waits for a']);
		await a.end('computes');
		expect(log.slice(4).sort()).toEqual(['a downloads', 'b computes']);
		await b.end('computes');
		expect(log).not.toContain('b downloads');
		await a.end('downloads');
		expect(log.at(-1)).toBe('b downloads');
		await b.end('downloads');
		await Promise.all([a.ended, b.ended]);
	});

	it('have the GPU in their order, whoever is ready first', async () => {
		const log: string[] = [];
		const pipeline = createPipeline();
		const [a, b] = [pipeline.join('a'), start(pipeline, 'b', log)];
		await nextTurn();
		await b.end('uploads');
		expect(log).toEqual(['b uploads', 'b waits for a']);
		pipeline.arrange(['b', 'a']);
		await nextTurn();
		expect(log.at(-1)).toBe('b computes');
		a.close();
	});

	it('pass a place on that is given up before its turn', async () => {
		const log: string[] = [];
		const pipeline = createPipeline();
		const [a, b] = [pipeline.join('a'), start(pipeline, 'b', log)];
		await nextTurn();
		await b.end('uploads');
		a.withdraw();
		expect(a.place.withdrawn.aborted).toBe(true);
		a.place.leave();
		await nextTurn();
		expect(log.at(-1)).toBe('b computes');
	});

	it('are handed over before the next one has the GPU, and not while that is refused', async () => {
		const log: string[] = [];
		const changes: Handover[] = [];
		let isOpen = false;
		const pipeline = createPipeline(async change => {
			changes.push(change);
			return isOpen;
		});
		const a = start(pipeline, 'a', log);
		await nextTurn();
		await a.end('uploads');
		expect(log).not.toContain('a computes');
		isOpen = true;
		pipeline.look();
		await nextTurn();
		expect(log).toContain('a computes');
		await a.end('computes');
		expect(changes.at(-1)).toEqual({left: ['a']});
	});

	it('are not uploaded ahead before there is room', async () => {
		const pipeline = createPipeline();
		const first = pipeline.join('first');
		const second = pipeline.join('second');
		let isAhead: boolean | undefined;
		let isSent = false;
		const sending = second.place.upload(1, open, async turn => {
			isAhead = turn.isAhead();
			await turn.untilNext(open);
			isSent = true;
		});
		await nextTurn();
		expect([isAhead, isSent]).toEqual([true, false]);
		first.close();
		await sending;
		expect(isSent).toBe(true);
	});

	it('stop waiting for an upload when they are cancelled', async () => {
		const pipeline = createPipeline();
		const [first, second, third] = ['a', 'b', 'c'].map(id => pipeline.join(id));
		const stop = new AbortController();
		let endFirst = () => {};
		const sending = first?.place.upload(
			1,
			open,
			() => new Promise<void>(resolve => (endFirst = resolve)),
		);
		const cancelled = second?.place.upload(1, stop.signal, async () => 'sent');
		const last = third?.place.upload(1, open, async () => 'sent');
		stop.abort();
		await expect(cancelled).rejects.toMatchObject({kind: 'cancelled'});
		await nextTurn();
		endFirst();
		await sending;
		expect(await last).toBe('sent');
	});

	it('report how many wait, so that only a few are prepared', async () => {
		const pipeline = createPipeline();
		let seen = 0;
		pipeline.onChange(() => {
			seen = pipeline.waiting();
		});
		const members = Array.from({length: mostAhead}, (_, index) => pipeline.join(String(index)));
		expect(seen).toBe(mostAhead);
		await members[0]?.place.enter('0', () => undefined);
		expect([pipeline.waiting(), pipeline.unfinished()]).toEqual([mostAhead - 1, mostAhead]);
	});
});
