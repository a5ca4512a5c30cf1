import type {Failure} from './failure.js';
import type {FailedRun, FailureCause} from './failure-cause.js';
import {failureCauses} from './failure-causes.js';

/** Characters of a line that are looked at; the words of an error stand at its beginning. */
const longestLine = 600;

/** Characters of a message that a line of the log gives. */
const longestQuote = 300;

/** What comes before the words of a line: the process of several, the time, the logger. */
const prefix =
	/^(?:\[rank\d+\]:? ?|\[\w+:?\d*\]: ?|\[?\d{4}-\d\d-\d\d[T ][\d:.,]+\]?(?:Z|[+-][\d:]+)? ?|\[?[\d-]{5}[ T]?[\d:.,]{8,}\]? ?|[EWIF](?:\d{4} [\d:.]+ \d+)? [\w./]+:\d+\] ?|\[[EWIF]\d{3,4} [\d:.]+ [\w./]+:\d+\] ?|\[PG ID [^\]]{0,80}\] ?|\[?[ \d:|.-]{0,40}\|?(?:ERROR|CRITICAL|FATAL)\|?[\w .:/|-]{0,80}\]:? |(?:ERROR|CRITICAL|FATAL)(?::[\w.]+)?[: -]+)+/;

/** A progress bar, to which the next line of the log is often glued. */
const bar = /^[\w ]{0,40}:? *\d+%\|[^|]{0,200}\| [\d?]+\/[\d?]+ \[[^\]]{0,80}\]/;

/** A line of the log's highest level never says that the job goes on, whatever words a text in it has. */
const critical = /\|CRITICAL\|/;

/** A line that says that the job goes on, or what did not happen; the texts of prompts are logged too. */
const harmless =
	/\|(?:DEBUG|INFO|SUCCESS)\||\b(?:retry|retrying|retries|falling back|fall back|fallback|skipping|ignored|ignoring|will be|continuing|recovered|warning)\b|\b0 (?:prompts?|videos?|frames?|errors?)\b|FutureWarning|UserWarning|DeprecationWarning|\|WARNING\|/i;

/** The work itself: what stands before it has not ended the job. */
const progress = /\d%\||\d(?:\.\d+)?(?:it\/s|s\/it)|\bstep \d+\/\d+/i;

/** An error's own line, at the end of a traceback. */
const errorLine = /^[\w.]*(?:Error|Exception|Interrupt)\b(?::|$)/;

/** What torchrun says of any failure of its program. */
const repeats = /ChildFailedError|torch\.distributed\.elastic/;

/** What ended a job, by the end of its log. */
export type Found = {
	/** The failure of a cause that is known. */
	known?: Failure & {weight: 'root' | 'effect'; cause: string};
	/** The last error of its own, whether or not it is known; empty for none. */
	line: string;
};

/**
 * Looks for what ended a job, from the end of its log back to the last sign of work. The last root
 * counts; without one the first effect does, as what follows it are its own effects.
 * @param log the end of the log
 */
export function findCause(log: string, run: FailedRun, isModel: boolean): Found {
	const lines = linesOf(log);
	let root: Found['known'];
	let effect: Found['known'];
	let line = '';
	let found = false;
	for (let index = lines.length - 1; index >= 0; index--) {
		const raw = (lines[index] as string).slice(0, longestLine).trim();
		const afterBar = raw.replace(bar, '').trimStart();
		if (found && raw !== '' && (afterBar === '' || progress.test(afterBar))) {
			break;
		}

		const words = afterBar.replace(prefix, '');
		const isHarmless = harmless.test(raw) && !critical.test(raw) && !errorLine.test(words);
		if (words === '' || isHarmless) {
			continue;
		}

		if ((errorLine.test(words) || isValidation(words)) && !repeats.test(words)) {
			line ||= isValidation(words) ? withField(words, lines, index) : words;
			found = true;
		}

		const known = knownIn(words, lines, index, run, isModel);
		found ||= known !== undefined;
		if (known?.weight === 'root') {
			root = known;
			break;
		}

		effect = known ?? effect;
	}

	return {known: root ?? effect, line: line.slice(0, longestQuote)};
}

/** What a bar draws over counts as lines of its own. */
const linesOf = (log: string) => log.replaceAll('\r', '\n').split('\n');

/** Lines at the end of a log in which a job that then hung says why. */
const lastWords = 50;

/**
 * What a job had failed by that then hung until its time limit, after its last sign of work. Processes that
 * lose each other or are killed do so because it ends.
 */
export function findHang(log: string, run: FailedRun): Found['known'] {
	const lines = linesOf(log).slice(-lastWords);
	const worked = lines.findLastIndex(line => progress.test(line));
	const {known} = findCause(lines.slice(worked + 1).join('\n'), run, true);
	return known?.weight === 'root' && known.reason !== 'killed' ? known : undefined;
}

/** What to do about what an engine said as it refused a container; undefined for what the table does not have. */
export function findRemedy(said: string): string | undefined {
	const {known} = findCause(said, {isTransfer: false, savesMemory: ''}, false);
	return known?.hint;
}

/** Transfer2.5 begins to check a finished video, and says only of one that passes what came of it. */
const checkBegins = 'Running guardrail check on video...';
const checkPassed = 'Passed guardrail on generated video';

/** The failure of a video that the safety filter has blocked without a word. */
export function findSilentBlock(log: string): Failure | undefined {
	return log.lastIndexOf(checkBegins) > log.lastIndexOf(checkPassed)
		? {
				reason: 'guardrail',
				message: 'the safety filter (guardrail) blocked the finished video',
				hint: 'Reword the prompt, use another input video, or another seed.',
			}
		: undefined;
}

function knownIn(
	words: string,
	lines: readonly string[],
	index: number,
	run: FailedRun,
	isModel: boolean,
): Found['known'] {
	for (const cause of failureCauses) {
		const match = cause.onlyModels && !isModel ? null : cause.says.exec(words);
		const name = match && cause.names ? wordThatFits(words, cause.names) : '';
		if (match && name !== undefined) {
			const quoted = isValidation(words) ? withField(words, lines, index) : words;
			return {
				cause: cause.name,
				weight: cause.weight ?? 'root',
				reason: cause.reason ?? 'program-error',
				message: fill(textFor(cause.message, run), match, name, quoted).slice(0, longestQuote),
				hint: textFor(cause.hint, run),
			};
		}
	}

	return undefined;
}

const textFor = (text: FailureCause['hint'], run: FailedRun): string =>
	typeof text === 'string' ? text : text(run);

function wordThatFits(words: string, pattern: RegExp): string | undefined {
	return words
		.split(/[\s'"`,;:()[\]]+/)
		.map(word => word.replace(/\.$/, ''))
		.find(word => pattern.test(word));
}

function fill(message: string, match: RegExpExecArray, name: string, line: string): string {
	return message
		.replaceAll(/\$([\d&])/g, (_all, digit: string) =>
			digit === '&' ? line : digit === '0' ? name : (match[Number(digit)] ?? ''),
		)
		.trim();
}

const isValidation = (words: string) =>
	/validation errors? for|ValidationError|arguments are required|Unrecognized (?:or misplaced )?options/i.test(
		words,
	);

/** The field and the rule stand in the lines below: pydantic's, or those of tyro's box. */
function withField(words: string, lines: readonly string[], index: number): string {
	const below = lines
		.slice(index + 1, index + 5)
		.map(line => line.replaceAll(/[\u2502\u256d\u256e\u2570\u256f\u2500|]/g, ' ').trim())
		.filter(line => line !== '' && !/^(?:For further information|Traceback)/.test(line))
		.slice(0, 2);
	const said = words.replaceAll(/[\u2502\u256d\u256e\u2570\u256f\u2500]/g, ' ').trim();
	return [said.replace(/:$/, ''), ...below].join('; ');
}
