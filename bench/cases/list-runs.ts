import {program} from '../../test/cosmos.js';
import {type GrownStore, withGrownStores} from '../grown-store.js';
import {type Case, inTurn, type Measure} from '../measure.js';
import {run} from '../run-program.js';

const runCount = 10_000;

/** Calls that a person waits for, or that a shell makes at every tab. */
const calls = [
	{name: '`cosmos list runs`', words: ['list', 'runs'], most: 2},
	{name: '`cosmos --help`', words: ['--help'], most: 2},
	{name: 'completion of an id', words: ['completion', 'words', 'logs', 'run_'], most: 1.6},
];

const listRuns: Case = {
	rounds: 21,
	about: `Calls of the command line with ${runCount} runs in the store, beside a Node that does nothing: what they take beyond the start of Node itself.`,
	run: rounds =>
		withGrownStores([runCount], async ([store]) => {
			const {folder} = store as GrownStore;
			const env = {PATH: process.env.PATH, HOME: folder, COSMOS_DATA: folder};
			const theirs = () => run(process.execPath, ['-e', '0'], env);
			const measures: Measure[] = [];
			for (const {name, words, most} of calls) {
				const ours = () => run(process.execPath, [program, ...words], env);
				const times = await inTurn(rounds, ours, theirs);
				measures.push({name, beside: '`node -e 0`', ...times, goal: {kind: 'times', most}});
			}

			return measures;
		}),
};

export default listRuns;
