import {expect, it} from 'vitest';
import {parseConfig} from '../../source/config/config-file.js';
import {recipesIn} from '../../source/config/recipes.js';

const recipe = (more: string) => `[recipes.x]
command = ["x"]
outputs = ["*"]
${more}`;

it('reads settings as rows of a table', async () => {
	const content = await parseConfig(
		recipe(`[recipes.x.settings]
num_steps = {kind = "integer", default = 10, min = 1, max = 50, help = "steps"}
strength = {kind = "number", default = 0.5, min = 0, max = 1}
lora = {kind = "text"}
fast = {kind = "switch", default = true, on = "--fast", off = ""}
[recipes.x.failures]
"boom (\\\\d+)" = "Run it again."`),
		'config.toml',
	);
	const [read] = recipesIn([{file: 'config.toml', content}], []);
	const common = {main: true, scope: 'sample'};
	expect(read?.settings).toEqual([
		{
			...{...common, key: 'num_steps', label: 'num steps', help: 'steps'},
			...{kind: 'integer', default: 10, min: 1, max: 50, step: 1},
		},
		{
			...{...common, key: 'strength', label: 'strength', help: ''},
			...{kind: 'number', default: 0.5, min: 0, max: 1, step: 0.05},
		},
		{...common, key: 'lora', label: 'lora', help: '', kind: 'text', default: ''},
		{
			...{...common, key: 'fast', label: 'fast', help: ''},
			...{kind: 'switch', default: true, on: '--fast', off: ''},
		},
	]);
	expect(read?.failures).toEqual([{says: 'boom (\\d+)', hint: 'Run it again.'}]);
});

it.each([
	['steps = {kind = "integer", default = 60, min = 1, max = 50}', 'steps.default: must be 1 to 50'],
	['steps = {kind = "integer", default = 1}', 'recipes.x.settings.steps.min'],
	['size = {kind = "choice", default = "b", choices = ["a"]}', 'size.default: must be one of a'],
	['seed = {kind = "text"}', 'seed is reserved'],
	['Size = {kind = "text"}', 'the name of a setting may have'],
	['size = {kind = "colour"}', 'recipes.x.settings.size.kind'],
])('refuses the setting %s', async (line, message) => {
	await expect(parseConfig(recipe(`[recipes.x.settings]\n${line}`), 'f')).rejects.toThrow(message);
});

it.each([
	['[recipes.x.failures]\n"(" = "x"', 'is not a valid regular expression'],
	['inputs = ["front wide"]', 'a role may have up to 40'],
])('refuses %s', async (more, message) => {
	await expect(parseConfig(recipe(more), 'f')).rejects.toThrow(message);
});

it('refuses a placeholder of a setting that is not there', async () => {
	const text = '[recipes.x]\ncommand = ["x", "{setting.size}"]\noutputs = ["*"]\n';
	await expect(parseConfig(text, 'f')).rejects.toThrow('no setting for {setting.size}');
});

it('adds words to the commands of a family on one host', async () => {
	const text = (words: string) =>
		`[hosts.h]\nssh = "h"\nremote_dir = "~/m"\nimage = "i"\nextra_args = {${words}}\n`;
	await expect(parseConfig(text('cosmos3 = ["--flag"]'), 'f')).resolves.toBeDefined();
	await expect(parseConfig(text('cosmos9 = ["--flag"]'), 'f')).rejects.toThrow(
		'unknown key "cosmos9"',
	);
});
