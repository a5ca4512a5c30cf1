/**
 * The enhancer: has the model of a chat endpoint write structured prompts, one after the other.
 *
 * node enhancer.js --request SPEC --result FILE  in the folder that the paths of the spec start from. The
 * key is in the environment, in the variable that the spec names. The result is {"results": [{"id", "text"}
 * or {"id", "failure"}, …]}, written anew after each prompt; a prompt with a "result" has a file of its own as
 * well. It ends with 0 when every prompt has its entry.
 */
import {mkdir, open, readFile, rename} from 'node:fs/promises';
import path from 'node:path';
import {setTimeout as wait} from 'node:timers/promises';
import {parseArgs} from 'node:util';
import type {Failure} from '../domain/failures/failure.js';
import {chatUrl, formatPlace} from '../domain/hosts/endpoint.js';
import {parseRequest} from './request.js';
import {writePrompt} from './write-prompt.js';

type Result = {id: string} & ({text: string} | {failure: Failure});

const {values} = parseArgs({options: {request: {type: 'string'}, result: {type: 'string'}}});
const {request: specFile = '', result: resultFile = ''} = values;
const request = parseRequest(await readFile(specFile, 'utf8'));
const {url, model, key_env: keyEnv, prompts} = request;
const log = (line: string) => process.stdout.write(`${line}\n`);
const surroundings = {
	key: keyEnv === undefined ? undefined : process.env[keyEnv]?.trim() || undefined,
	wait: (seconds: number) => wait(seconds * 1000),
	clock: () => performance.now() / 1000,
	log,
	readImage,
};

log(`Prompts are written by ${model} at ${formatPlace(chatUrl(url))}`);
const results: Result[] = [];
let common: Failure | undefined;
for (const [index, prompt] of prompts.entries()) {
	log(`Enhancing prompt ${index + 1} of ${prompts.length}: ${prompt.id}`);
	const {id} = prompt;
	if (common) {
		log('not sent: it would fail as the one before');
		results.push({id, failure: common});
	} else {
		const written = await writePrompt(request, prompt, surroundings);
		results.push({id, ...('text' in written ? written : {failure: written.failure})});
		common = 'failure' in written && written.concernsAll ? written.failure : undefined;
	}

	if (prompt.result !== undefined) {
		await save(prompt.result, results.slice(-1));
		log(`Saved ${prompt.result}`);
	}

	await save(resultFile, results);
}

const failed = results.filter(result => 'failure' in result).length;
log(`Enhanced ${results.length - failed} of ${prompts.length} prompts`);

/** It gets its name when it is whole. */
async function save(file: string, some: readonly Result[]): Promise<void> {
	await mkdir(path.dirname(file), {recursive: true});
	const draft = await open(`${file}.part`, 'w', 0o600);
	try {
		await draft.writeFile(JSON.stringify({results: some}, undefined, 2));
		await draft.sync();
	} finally {
		await draft.close();
	}

	await rename(`${file}.part`, file);
}

async function readImage(file: string): Promise<string> {
	const ending = path.extname(file).slice(1).toLowerCase();
	const kind = ending === 'jpg' ? 'jpeg' : ending;
	return `data:image/${kind};base64,${(await readFile(file)).toString('base64')}`;
}
