import {program} from '../../test/cosmos.js';
import {runCount, withFullStore} from '../full-store.js';
import {type Case, inTurn} from '../measure.js';
import {run} from '../run-program.js';

const listRuns: Case = {
	rounds: 15,
	about: `\`cosmos list runs\` with ${runCount} runs in the store, beside a Node that does nothing.`,
	run: rounds =>
		withFullStore(async env => {
			const ours = () => run(process.execPath, [program, 'list', 'runs'], env);
			const theirs = () => run(process.execPath, ['-e', '0'], env);
			const times = await inTurn(rounds, ours, theirs);
			return [
				{
					name: '`cosmos list runs`',
					beside: '`node -e 0`',
					...times,
					goal: {kind: 'extra', most: 0.15},
				},
			];
		}),
};

export default listRuns;
