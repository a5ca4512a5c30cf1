import {placeholders} from '../domain/settings/recipe.js';
import type {Kind} from '../domain/settings/settings.js';
import {tableOfKind} from '../domain/settings/settings-tables.js';
import {templateText} from '../domain/sweep/expand.js';
import type {LaunchRequest, Workflow} from '../workflow/workflow-types.js';
import type {LaunchKind} from './flags/launch-kind.js';
import {kindsOf, settingFlags, settingsFrom} from './flags/setting-flags.js';
import {sweepFlags, sweepRequests} from './flags/sweep-flags.js';
import {launchFlags, launchOrPlan} from './launch-runs.js';
import type {Verb, Words} from './verb.js';

export const recipeLaunch: LaunchKind = {
	flags: [...settingFlags(kindsOf('recipe')), ...sweepFlags],
	rows: (workflow, words) => kindsIn(workflow, words).flatMap(tableOfKind),
	async requests(workflow, words) {
		const [recipe = '', ...references] = words.args;
		const settings = settingsFrom('recipe', words, kindsIn(workflow, words));
		const requests: LaunchRequest[] = [];
		const isCheck = workflow.recipes.find(({name}) => name === recipe)?.kind === 'check';
		for (const reference of references) {
			requests.push({
				operation: 'recipe',
				recipe,
				...(isCheck ? await checkedBy(workflow, reference) : await promptBy(workflow, reference)),
				settings,
				host: words.text('host'),
			});
		}

		return requests;
	},
};

async function promptBy(workflow: Workflow, reference: string) {
	const prompt = await workflow.findPrompt(reference);
	return {promptId: prompt.id, ...templateText(prompt)};
}

/** A check names the run that it looks at; a run without a prompt is refused later. */
async function checkedBy(workflow: Workflow, reference: string) {
	const {run} = await workflow.findRun(reference);
	return {promptId: run.promptId ?? '', checks: run.id};
}

/** The kind of job that the first word names; all recipes where it names none. */
function kindsIn(workflow: Workflow, {args: [name]}: Words): readonly Kind[] {
	const recipe = workflow.recipes.find(one => one.name === name);
	return recipe ? [{operation: 'recipe', model: recipe.name, recipe}] : kindsOf('recipe');
}

export const recipe: Verb = {
	name: 'recipe',
	summary: 'run your own command, in your own container, on prompts or results',
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

  [recipes.judge]                  a check: IDs are runs, and it gets their result
  kind = "check"
  command = ["python", "/app/judge.py", "{input.result}", "{outputs}/judge.json"]
  outputs = ["judge.json"]         its numbers become measures of the run: judge.quality
  measures = ["quality"]

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
	completes: ['recipe', 'any-id'],
	flags: launchFlags(recipeLaunch.flags),
	examples: [
		['cosmos recipe depth latest --stream', 'one of them, for the newest prompt'],
		['cosmos recipe depth ps_6x0k ps_7a1m --seed 7', 'for two prompts, one by one'],
		['cosmos recipe judge run_7k2f', 'a check of a result'],
		['cosmos recipe depth latest --dry-run', 'show the command without running it'],
	],
	async run(context, words) {
		const workflow = await context.workflow();
		const requests = await sweepRequests(recipeLaunch, context, words);
		return launchOrPlan(context, workflow, requests, words);
	},
};
