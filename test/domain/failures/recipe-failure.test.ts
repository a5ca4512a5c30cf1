import {expect, it} from 'vitest';
import {findRecipeFailure} from '../../../source/domain/failures/recipe-failure.js';

const failures = [
	{says: 'no model (\\w+)', hint: 'Download it.'},
	{says: 'out of (?:host )?memory', hint: 'Use a smaller video.'},
];

it('says of the last line that fits what to do', async () => {
	const log = 'no model a\nCUDA out of memory\nno model b\nTraceback\n';
	expect(await findRecipeFailure({failures}, log)).toEqual({
		...{reason: 'program-error', message: 'no model b', hint: 'Download it.'},
	});
	expect(await findRecipeFailure({failures}, 'all is well')).toBeUndefined();
	expect(await findRecipeFailure({}, log)).toBeUndefined();
});

it('looks at each part of a line that a bar has rewritten', async () => {
	const log = ' 10%|# | 1/9\rno model c\r 20%|## | 2/9\n';
	expect(await findRecipeFailure({failures}, log)).toMatchObject({message: 'no model c'});
});

it('takes a pattern that backtracks without end on other engines in no time', async () => {
	const evil = [{says: '(a+)+$', hint: 'x'}];
	const log = `${'a'.repeat(900)}!\n`.repeat(200);
	expect(await findRecipeFailure({failures: evil}, log)).toBeUndefined();
});

it('ignores a pattern that cannot be used, and keeps the others', async () => {
	const some = [{says: '(?=a)b', hint: 'x'}, ...failures];
	expect(await findRecipeFailure({failures: some}, 'no model d')).toMatchObject({
		message: 'no model d',
	});
});
