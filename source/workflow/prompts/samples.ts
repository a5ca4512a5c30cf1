import {readdir, readFile} from 'node:fs/promises';
import path from 'node:path';
import type {Prompt} from '../../domain/types.js';
import {samplesFolder} from '../../package-root.js';
import type {Workflow} from '../workflow-types.js';

/**
 * Makes prompts of the samples that ship with the package; those that the store has are kept.
 * @returns the sample prompts, by name
 */
export async function addSamples(workflow: Workflow): Promise<Prompt[]> {
	const folder = samplesFolder();
	const known = await workflow.listPrompts();
	const prompts: Prompt[] = [];
	for (const name of (await readdir(folder)).sort()) {
		const videoDir = path.join(folder, name);
		const there = known.find(prompt => prompt.videoDir === videoDir);
		prompts.push(
			there ?? (await workflow.createPrompt({name, videoDir, ...(await textsOf(videoDir))})),
		);
	}

	return prompts;
}

async function textsOf(folder: string): Promise<{text: string; negative: string}> {
	const files = await readdir(folder);
	const read = async (file: string) =>
		files.includes(file) ? (await readFile(path.join(folder, file), 'utf8')).trim() : '';
	return {text: await read('prompt.txt'), negative: await read('negative.txt')};
}
