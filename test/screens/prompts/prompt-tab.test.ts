import {expect, it} from 'vitest';
import type {Prompt} from '../../../source/domain/types.js';
import {promptLines} from '../../../source/screens/prompts/prompt-tab.js';
import {textOf} from '../../../source/state/content/line.js';
import {filled, input, prompt} from '../../dashboard/examples.js';

const textIn = (change: Partial<Prompt>) =>
	promptLines(filled(), prompt(1, change), 80, 40).map(textOf).join('\n');

it('shows a structured text with a line for each of its parts', () => {
	expect(textIn({text: '{"scene":{"time":"night"},"camera":"pan"}'})).toContain(
		['{', '  "scene": {', '    "time": "night"', '  },', '  "camera": "pan"', '}'].join('\n'),
	);
});

it('shows the inputs by their kinds, with their roles', () => {
	const inputs = [{...input('first-frame'), kind: 'image'} as const, input('color'), input('wsm')];
	const text = textIn({inputs, videoDir: ''});
	expect(text).toMatch(
		/videos *\n +color +1280×704.*121 frames.*\n +wsm .*\nimages *\n +first-frame +1280×704 +image/,
	);
	expect(textIn({inputs: []})).toContain('no videos or images: a text alone');
	expect(textIn({})).toMatch(/videos {2}\/videos\/city\n/);
});

it('shows what was changed in a structured text, and a plain one as a whole', () => {
	const history = [
		{text: 'A plain street.', replacedAt: '2026-11-24T10:00:00Z'},
		{text: '{"scene":"day","camera":"pan"}', replacedAt: '2026-11-24T11:00:00Z'},
	];
	const text = textIn({text: '{"scene":"night","camera":"pan"}', history});
	expect(text).toMatch(/until .*, edited\n- {3}"scene": "day",\n\+ {3}"scene": "night",\n\nuntil/);
	expect(text).toMatch(/until .*, edited\nA plain street\.\n/);
});
