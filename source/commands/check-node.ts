import type {exitCodes} from '../domain/error-codes.js';
import type {ErrorReport} from '../domain/errors.js';

/** The oldest Node that this works with; package.json says the same. */
const oldest = 22;

/** What is wrong with the Node that runs this; undefined where it is new enough. */
export function nodeProblem(version: string, program: string): ErrorReport | undefined {
	return Number.parseInt(version, 10) >= oldest
		? undefined
		: {
				code: 'node-too-old',
				message: `needs Node ${oldest} or newer; ${program} is Node ${version}`,
				hint: 'Install a newer Node from https://nodejs.org and run the command again.',
				exitCode: 6 satisfies (typeof exitCodes)['home'],
			};
}

/**
 * Reports a Node that is too old, and sets the exit code. It imports nothing: other modules may not even load there.
 * @returns whether it is new enough
 */
export function checkNode(argv: readonly string[]): boolean {
	const problem = nodeProblem(process.versions.node, process.execPath);
	if (problem) {
		const {message, hint, exitCode} = problem;
		process.stderr.write(
			argv.includes('--json')
				? `${JSON.stringify({schema: 'cosmos.error.1', ...problem})}\n`
				: `cosmos: ${message}\n  ${hint}\n`,
		);
		process.exitCode = exitCode;
	}

	return problem === undefined;
}
