import type {ErrorCode} from './error-codes.js';
import {reportOf} from './errors.js';

/** The checks of `cosmos doctor`, in this order. */
export const checkNames = [
	'configuration',
	'key',
	'known_hosts',
	'ssh',
	'engine',
	'gpu',
	'driver',
	'memory',
	'shm',
	'image',
	'servers',
	'checkpoints',
	'cache',
	'token',
	'disk',
	'clock',
] as const;

export type CheckName = (typeof checkNames)[number];

/** One line of `cosmos doctor`. */
export type Check = {
	name: CheckName;
	/** `skipped`: it could not run because of an earlier problem. */
	state: 'ok' | 'problem' | 'skipped';
	/** What was found, or what is wrong. */
	message: string;
	/** What to do; empty when nothing is wrong. */
	hint: string;
	/** Of a problem: its code, and the exit code that says it. */
	code?: ErrorCode;
	exitCode?: number;
};

export function okCheck(name: CheckName, message: string): Check {
	return {name, state: 'ok', message, hint: ''};
}

export function problemCheck(name: CheckName, error: unknown): Check {
	return {name, state: 'problem', ...reportOf(error, 'host')};
}

/** @param needs the check whose problem prevents it */
export function skippedCheck(name: CheckName, needs: CheckName): Check {
	return {name, state: 'skipped', message: `not checked: requires ${needs}`, hint: ''};
}

/** Runs a check; an error that it throws is the problem. */
export async function runCheck(name: CheckName, work: () => Promise<string>): Promise<Check> {
	try {
		return okCheck(name, await work());
	} catch (error) {
		return problemCheck(name, error);
	}
}
