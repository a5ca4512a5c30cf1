import {setTimeout as sleep} from 'node:timers/promises';
import type {Suspension} from './suspension.js';

/** Ctrl-Z, which a terminal in raw mode sends as any other key. */
const stopKey = '\u001a';
const beginPaste = '\u001b[200~';
/** Milliseconds in which a stop that is not refused has stopped us; it ends when we go on. */
const stopTime = 50;

const hasJobControl = process.platform !== 'win32';

/**
 * Takes Ctrl-Z out of what the terminal has sent, and stops this program as the terminal itself would in
 * cooked mode: with every process of its job, or the shell would go on waiting for the others.
 * @returns what is left for the dashboard to read
 */
export function takeStopKey(text: string): string {
	if (!hasJobControl || !text.includes(stopKey) || text.includes(beginPaste)) {
		return text;
	}

	process.kill(0, 'SIGTSTP');
	return text.replaceAll(stopKey, '');
}

export type JobControlParts = {
	suspension: Suspension;
	/** Resolves when no answer of the terminal is on its way: the shell would take it for typed. */
	settle: () => Promise<void>;
};

/**
 * Stops at SIGTSTP as any program does, and goes on at `fg`: the terminal is given back before, and taken
 * again and drawn anew after.
 * @returns what ends this
 */
export function watchStops({suspension, settle}: JobControlParts): () => void {
	if (!hasJobControl) {
		return () => undefined;
	}

	let isStopping = false;
	const stop = async () => {
		// The signal's own effect comes without a handler. Nobody could wake up a job that no shell looks
		// after, so the system does not stop it; SIGSTOP would.
		process.off('SIGTSTP', onStop);
		process.kill(process.pid, 'SIGTSTP');
		await sleep(stopTime);
		process.on('SIGTSTP', onStop);
	};

	const stopAndGoOn = async () => {
		await settle();
		// Another program that has the terminal gives it back by itself.
		await (suspension.isActive || !suspension.suspend ? stop() : suspension.suspend(stop));
	};

	const onStop = () => {
		if (isStopping) {
			return;
		}

		isStopping = true;
		stopAndGoOn().finally(() => {
			isStopping = false;
		});
	};

	process.on('SIGTSTP', onStop);
	return () => {
		process.off('SIGTSTP', onStop);
	};
}
