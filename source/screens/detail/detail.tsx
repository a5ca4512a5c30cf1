import {Box} from 'ink';
import {Panel, Rows} from '../../components/panel.js';
import {pageOf, paintLine, statusRoles} from '../../components/rows.js';
import {paint} from '../../components/theme.js';
import {cleanText} from '../../domain/runs/log-lines.js';
import {isUnfinished} from '../../domain/runs/run-status.js';
import {kindName} from '../../domain/settings/settings-tables.js';
import {jobSigns, statusSigns} from '../../domain/text-format.js';
import {type Line, span} from '../../state/content/line.js';
import {cut, widthOf} from '../../state/content/text-layout.js';
import type {DashboardState} from '../../state/dashboard-state.js';
import {jobRoles, jobWords} from '../../state/job-words.js';
import type {Layout} from '../../state/layout.js';
import {selectedPrompt, shownJobOf, shownRunOf, standing, tabsOf} from '../../state/selectors.js';
import type {ShownJob} from '../../workflow/queue/queue-types.js';
import {logFoot, logPage} from '../log/log-pane.js';
import {progressRow} from '../log/progress-row.js';
import {contentRows, troubleLines} from './content-rows.js';
import {detailLines} from './detail-lines.js';

/** The selected prompt, run or job: tabs, the tab's content, and the progress of a run. */
export function Detail({state, layout}: {state: DashboardState; layout: Layout}) {
	const inner = layout.detailWidth - (state.bare ? 0 : 2);
	const shown = shownRunOf(state);
	const inLog = shown !== undefined && state.tab === 'log';
	const height = contentRows(state);
	const rows = [
		state.bare ? bareHead(state, inner) : tabRow(state, inner),
		...troubleLines(state).map(line => paintLine([' ', ...line], inner)),
		...(inLog ? logPage(state, height, inner) : textRows(state, height, inner)),
		...(inLog && isUnfinished(shown.shown) ? [progressRow(state, shown, inner)] : []),
	];
	if (state.bare) {
		return (
			<Box flexDirection="column" height={layout.bodyHeight} width={layout.detailWidth}>
				<Rows rows={rows.slice(0, layout.detailRows)} />
			</Box>
		);
	}

	return (
		<Box height={layout.bodyHeight} width={layout.detailWidth}>
			<Panel
				title={titleOf(state)}
				foot={inLog ? logFoot(state) : textFoot(state, height)}
				width={layout.detailWidth}
				rows={rows.slice(0, layout.detailRows)}
				focused={state.focus === 'detail'}
			/>
		</Box>
	);
}

function titleOf(state: DashboardState): Line {
	if (state.subject === 'queue') {
		return jobTitle(state, shownJobOf(state));
	}

	const shown = shownRunOf(state);
	if (!shown) {
		const prompt = selectedPrompt(state);
		return prompt
			? [
					span('strong', cleanText(prompt.name)),
					span('warn', ratingOf(prompt.rating)),
					span('dim', `  ${prompt.id}`),
				]
			: [''];
	}

	const {run} = shown;
	const words = standing(state, shown).replace('done ', '').replace(`${shown.shown} `, '');
	return [
		span('strong', cleanText(run.promptName)),
		span('warn', ratingOf(run.rating)),
		span('dim', ` · ${kindName(run)}  ${run.id}  `),
		span(statusRoles[shown.shown], `${statusSigns[shown.shown]} ${shown.shown}`),
		span('dim', words === shown.shown ? '' : `  ${words}`),
	];
}

function jobTitle(state: DashboardState, shown: ShownJob | undefined): Line {
	if (!shown) {
		return ['Queue'];
	}

	const {what, names} = jobWords(shown.job, state);
	return [
		span('strong', cut(cleanText(names), widestNames)),
		span('dim', ` · ${what}  ${shown.job.id}  `),
		span(jobRoles[shown.shown], `${jobSigns[shown.shown]} ${shown.shown}`),
	];
}

/** Columns for the names of a batch. */
const widestNames = 30;

const ratingOf = (rating: number | undefined) =>
	rating === undefined ? '' : ` ${'★'.repeat(rating)}`;

/** Without borders, title and foot share the first row. */
function bareHead(state: DashboardState, width: number): string {
	const foot = logFoot(state);
	const room = Math.max(0, width - widthOf(foot) - 1);
	return `${paintLine(titleOf(state), room)} ${paint('dim', cut(foot, width - 1))}`;
}

function tabRow(state: DashboardState, width: number): string {
	const shown = shownRunOf(state);
	const tabs = tabsOf(state).map(name => {
		const label = `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
		return name === state.tab ? paint('tab', label) : paint('dim', label);
	});
	const used = tabsOf(state).reduce((sum, name) => sum + name.length + 3, 0);
	const note = shown?.run.simulated ? 'simulated ' : '';
	const gap = ' '.repeat(Math.max(0, width - used - note.length));
	return ` ${tabs.join('   ')}  ${gap}${paint('warn', note)}`;
}

function textRows(state: DashboardState, height: number, width: number): string[] {
	const rows = detailLines(state)
		.slice(state.scroll, state.scroll + height)
		.map(line => paintLine([' ', ...line], width));
	return pageOf(rows, 0, height, width);
}

function textFoot(state: DashboardState, height: number): string {
	const count = detailLines(state).length;
	return count > height
		? `${state.scroll + 1}–${Math.min(count, state.scroll + height)} of ${count}`
		: '';
}
