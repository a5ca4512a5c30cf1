import {cleanText} from '../../domain/runs/log-lines.js';
import {statusSigns} from '../../domain/text-format.js';
import {type Prompt, parentRunOf, type ShownRun} from '../../domain/types.js';
import {type Line, span} from '../../state/content/line.js';
import type {DashboardState} from '../../state/dashboard-state.js';
import {selectedPrompt, shownRunOf, standing} from '../../state/selectors.js';

/** One line of the tree and what hangs below it. */
type Node = {id: string; line: Line; below: readonly Node[]};

/** The Lineage tab: parents and children of the selected prompt or run, from the first prompt down. */
export function lineageLines(state: DashboardState): Line[] {
	const run = shownRunOf(state)?.run;
	const prompt = run ? promptById(state, run.promptId) : selectedPrompt(state);
	const here = run?.id ?? prompt?.id;
	if (!prompt) {
		const alone = shownRunOf(state);
		return alone ? drawn(runNode(state, alone), here, '', '') : [];
	}

	return drawn(promptNode(state, rootOf(state, prompt), new Set()), here, '', '');
}

function rootOf(state: DashboardState, prompt: Prompt): Prompt {
	const seen = new Set([prompt.id]);
	let root = prompt;
	for (;;) {
		const parent = promptById(state, root.parentId);
		if (!parent || seen.has(parent.id)) {
			return root;
		}

		seen.add(parent.id);
		root = parent;
	}
}

/** @param above guards against a circle in damaged data */
function promptNode(state: DashboardState, prompt: Prompt, above: ReadonlySet<string>): Node {
	const {prompts = [], runs = []} = state;
	const known = new Set([...above, prompt.id]);
	const children = prompts.filter(one => one.parentId === prompt.id && !known.has(one.id));
	const own = runs.filter(
		({run}) => run.promptId === prompt.id && !runById(state, parentRunOf(run)),
	);
	const origin =
		prompt.parentId === undefined
			? ''
			: prompt.enhancedBy === undefined
				? '  edited'
				: `  enhanced by ${prompt.enhancedBy}`;
	return {
		id: prompt.id,
		line: [span('strong', cleanText(prompt.name)), `  ${prompt.id}`, span('dim', origin)],
		below: [
			...own.toReversed().map(shown => runNode(state, shown)),
			...children.toReversed().map(child => promptNode(state, child, known)),
		],
	};
}

function runNode(state: DashboardState, shown: ShownRun): Node {
	const {run} = shown;
	const upscales = (state.runs ?? []).filter(({run: one}) => parentRunOf(one) === run.id);
	return {
		id: run.id,
		line: [
			`${statusSigns[shown.shown]} ${run.operation}  ${run.id}  `,
			span('dim', standing(state, shown)),
		],
		below: upscales.toReversed().map(one => runNode(state, one)),
	};
}

/** @param head before the node's own line @param rest before the lines below it */
function drawn(node: Node, here: string | undefined, head: string, rest: string): Line[] {
	const mark = node.id === here ? span('accent', '> ') : '  ';
	const last = node.below.length - 1;
	return [
		[mark, span('dim', head), ...node.line],
		...node.below.flatMap((child, index) =>
			drawn(
				child,
				here,
				`${rest}${index === last ? '└ ' : '├ '}`,
				`${rest}${index === last ? '  ' : '│ '}`,
			),
		),
	];
}

function promptById({prompts = []}: DashboardState, id: string | undefined): Prompt | undefined {
	return prompts.find(one => one.id === id);
}

function runById({runs = []}: DashboardState, id: string | undefined): ShownRun | undefined {
	return runs.find(({run}) => run.id === id);
}
