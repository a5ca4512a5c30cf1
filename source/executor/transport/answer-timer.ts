import {NoAnswerError} from '../../domain/errors.js';
import {createLifeline, type Lifeline} from './lifeline.js';
import {answerTime} from './transport.js';

/** Milliseconds that a timer can have; a longer one would end at once. */
const longestTimer = 2 ** 31 - 1;

/** Ends the wait for a command's answer. */
export type AnswerTimer = {
	/** Only ever rejects: with a NoAnswerError when the time is over. */
	over: Promise<never>;
	/** The host has begun to do it; until then it has `answerTime`. */
	begun: () => void;
	stop: () => void;
};

/**
 * @param command for the message
 * @param timeLimit milliseconds for all of the answer; undefined for a command that may take any time
 */
export function startAnswerTimer(
	host: string,
	[program = '', ...words]: readonly string[],
	timeLimit: number | undefined,
): AnswerTimer {
	const {promise: over, reject: fail} = Promise.withResolvers<never>();
	over.catch(() => undefined);
	const start = setTimeout(() => fail(notBegun(host)), answerTime);
	// A script is long and not the user's: what matters is that it is one.
	const what = program === 'sh' && words[0] === '-s' ? 'a command' : `\`${program}\``;
	const end =
		timeLimit === undefined
			? undefined
			: setTimeout(() => fail(notEnded(host, what, timeLimit)), Math.min(timeLimit, longestTimer));
	return {
		over,
		begun: () => clearTimeout(start),
		stop() {
			clearTimeout(start);
			clearTimeout(end);
		},
	};
}

/** A command that began at once reports its own name when its time is over. */
const grace = 1000;

/** Ends every wait for a host that has not ended in the time of one answer, however many there are. */
export function startDeadline(host: string): Pick<Lifeline, 'during'> {
	const lifeline = createLifeline();
	const end = () =>
		lifeline.cut(new NoAnswerError(host, `${host} did not answer`, answerTime, slowHint));
	setTimeout(end, answerTime + grace).unref();
	return lifeline;
}

const slowHint =
	'The host may be overloaded, or one of its disks or its container engine may hang.';

function notBegun(host: string): NoAnswerError {
	return new NoAnswerError(
		host,
		`the login shell of ${host} did not start a command`,
		answerTime,
		'A start file there (~/.bashrc, ~/.profile) may wait for input or start another shell; `ssh HOST true` shows it.',
	);
}

function notEnded(host: string, what: string, timeLimit: number): NoAnswerError {
	return new NoAnswerError(host, `${host} did not finish ${what}`, timeLimit, slowHint);
}
