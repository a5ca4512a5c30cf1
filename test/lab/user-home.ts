import {cpSync, mkdirSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {runCosmos, startCosmos} from '../cosmos.js';
import type {SshClientHome} from './ssh-client-home.js';

type Env = Readonly<Record<string, string>>;

/** The local files of a laboratory's user, and the program as that user runs it. */
export type UserHome = {
	/** Where runs and prompts are kept. */
	data: string;
	/** A folder of videos for a prompt. */
	videos: string;
	/** Runs the built program to its end. */
	cosmos: (words: readonly string[], env?: Env) => ReturnType<typeof runCosmos>;
	/** Starts it, to look on. */
	start: (words: readonly string[], env?: Env) => ReturnType<typeof startCosmos>;
	/** Writes the configuration. */
	configure: (toml: string) => void;
};

const sample = path.join(import.meta.dirname, '..', '..', 'samples', 'city-night');

export function makeUserHome({home}: SshClientHome): UserHome {
	const videos = path.join(home, 'shots');
	cpSync(sample, videos, {recursive: true});
	const data = path.join(home, 'data');
	const config = path.join(home, '.config', 'cosmos');
	mkdirSync(config, {recursive: true});
	const environment = (env: Env = {}) => ({
		cwd: home,
		env: {HOME: home, COSMOS_DATA: data, ...env},
	});
	return {
		data,
		videos,
		cosmos: (words, env) => runCosmos(words, environment(env)),
		start: (words, env) => startCosmos(words, environment(env)),
		configure: toml => writeFileSync(path.join(config, 'config.toml'), toml),
	};
}
