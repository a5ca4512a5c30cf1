import {placeholders} from '../domain/recipe.js';
import type {LaunchRequest} from '../workflow/workflow-types.js';
import type {LaunchKind} from './launch-kind.js';
import {launchFlags, launchOrPlan} from './launch-runs.js';
import {kindsOf, settingFlags, settingsFrom} from './setting-flags.js';
import type {Verb} from './verb.js';

export const recipeLaunch: LaunchKind = {
	flags: settingFlags(kindsOf('recipe')),
	async requests(workflow, words) {
		const [recipe = '', ...references] = words.args;
		const own = workflow.recipes.find(({name}) => name === recipe);
		const of = own && [{operation: 'recipe', model: recipe, recipe: own} as const];
		const settings = settingsFrom('recipe', words, of);
		const requests: LaunchRequest[] = [];
		for (const reference of references) {
			const {id} = await workflow.findPrompt(reference);
			requests.push({
				operation: 'recipe',
				recipe,
				promptId: id,
				settings,
				host: words.text('host'),
			});
		}

		return requests;
	},
};

export const recipe: Verb = {
	name: 'recipe',
	summary: 'run your own command, in your own container, on prompts',
	usage: 'NAME ID… [flags]',
	details: `
Recipes are defined in the configuration; \`cosmos list recipes\` lists them.

  [recipes.depth]
  image = "acme/depth:2"           default: the host's image
  command = ["python", "/app/depth.py", "{inputs}/color.mp4", "{outputs}", "--seed", "{seed}"]
  inputs = ["color"]               the prompt's files that it needs, by role (this is the default)
  outputs = ["*.mp4"]              expected files; at least one must exist at the end (required)
  progress = '(\\d+)/(\\d+) frames'  percent, or done and total, in a line of the log
  time_limit = 1800                seconds (default 3600)

  [recipes.depth.settings.size]    --size, a field of the form, and {setting.size} in the command
  kind = "choice"                  or integer, number (with min and max), switch, text
  choices = ["small", "large"]
  default = "small"

  [recipes.depth.failures]         a line of the log of a failed run, and what to do
  "no such model" = "download it first"

${Object.entries(placeholders)
	.map(([name, meaning]) => `  {${name}}`.padEnd(12) + meaning)
	.join('\n')}
  {input.ROLE}, {setting.NAME}  a file of the inputs; the value of a setting

The command is a list; it does not go through a shell. See docs/recipes.md.`,
	launches: true,
	recipeFlags: 'named',
	args: [2, Number.POSITIVE_INFINITY],
	completes: ['recipe', 'prompt'],
	flags: launchFlags(recipeLaunch.flags),
	examples: [
		['cosmos recipe depth latest --stream', 'one of them, for the newest prompt'],
		['cosmos recipe depth ps_6x0k ps_7a1m --seed 7', 'for two prompts, one by one'],
		['cosmos recipe depth latest --dry-run', 'show the command without running it'],
	],
	async run(context, words) {
		const workflow = await context.workflow();
		const requests = await recipeLaunch.requests(workflow, words);
		return launchOrPlan(context, workflow, requests, words);
	},
};
