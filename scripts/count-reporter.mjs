/** Vitest's reporter for the last lines of a test run: what needed a second try, and the counts. */
export default class CountReporter {
	onTestRunEnd(modules, unhandledErrors, reason) {
		const tests = modules.flatMap(module => [...module.children.allTests()]);
		const count = state => tests.filter(test => test.result().state === state).length;
		const again = tests.filter(test => test.diagnostic()?.flaky);
		for (const test of again) {
			console.log(
				`passed on a second try only: ${test.module.relativeModuleId} > ${test.fullName}`,
			);
		}

		// A file that cannot be loaded, or an error outside of all tests, has no test to count.
		const failed = count('failed') || (reason === 'passed' && unhandledErrors.length === 0 ? 0 : 1);
		const skipped = count('skipped') + count('pending');
		const parts = [`${count('passed')} passed`, `${failed} failed`];
		if (skipped > 0) {
			parts.push(`${skipped} skipped`);
		}

		if (again.length > 0) {
			parts.push(`${again.length} of the passed on a second try`);
		}

		console.log(parts.join(', '));
	}
}
