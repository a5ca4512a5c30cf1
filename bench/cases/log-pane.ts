import {type Started, untilShown} from '../in-terminal.js';
import {dashboardOn, type LoggedRun, withLoggedRun} from '../logged-run.js';
import {type Case, inTurn, type Measure} from '../measure.js';
import {hasPeer} from '../peers.js';

const lines = 1_000_000;

const logPane: Case = {
	rounds: 5,
	about: `From the start of a program in a terminal of 120x40 to the last of ${lines} lines of a log on its screen: the dashboard with the run selected, beside \`cat\` in tmux, \`lnav\`, and \`less +G\`.`,
	run: rounds =>
		withLoggedRun(lines, async run => {
			const measures: Measure[] = [];
			for (const {name, needs, started, limit} of peers(run)) {
				const theirs = hasPeer(needs) ? () => untilShown(started) : undefined;
				measures.push({
					name: `${lines} lines to the last one`,
					beside: name,
					...(await inTurn(rounds, () => untilShown(dashboardOn(run)), theirs)),
					goal: {kind: 'times', most: 1},
					limit,
				});
			}

			return measures;
		}),
};

export default logPane;

/** What else shows the end of a file. */
function peers({log, lastLine}: LoggedRun) {
	const ready = new RegExp(lastLine);
	const socket = `cosmos-bench-${process.pid}`;
	const cat = `cat '${log}'; exec sleep 1000`;
	return [
		{
			name: '`cat` in tmux',
			needs: 'tmux',
			started: {command: ['tmux', '-L', socket, '-f', '/dev/null', 'new-session', cat], ready},
		},
		{name: '`lnav`', needs: 'lnav', started: {command: ['lnav', log], ready}},
		{
			name: '`less +G`',
			needs: 'less',
			started: {command: ['less', '+G', log], ready},
			limit:
				'less is there before Node has started (`node -e 0`: see list-runs), and reads nothing but the end.',
		},
	] satisfies Array<{name: string; needs: string; started: Started; limit?: string}>;
}
