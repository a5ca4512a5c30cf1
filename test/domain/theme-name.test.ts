import {expect, it} from 'vitest';
import {parseLook} from '../../source/domain/theme-name.js';

it.each([
	['bold cyan', ['1;36', '22;39']],
	['black on bright-white', ['30;107', '39;49']],
	['208', ['38;5;208', '39']],
	['underline on #1f6feb', ['4;48;2;31;111;235', '24;49']],
	['reverse', ['7', '27']],
])('%s is a look', (words, look) => {
	expect(parseLook(words)).toEqual(look);
});

it.each(['', 'cyanish', 'on', 'bold on', '256', '#fff', 'bright-bold'])('%j is none', words => {
	expect(parseLook(words)).toBeUndefined();
});
