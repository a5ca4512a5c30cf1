import {existsSync, readFileSync} from 'node:fs';
import path from 'node:path';
import {describe, expect, test} from 'vitest';
import {processes} from '../executor/engine/process/find-processes.js';
import {available} from './available.js';
import {startDocker} from './docker.js';

describe.skipIf(!available('docker'))("the laboratory's Docker engine", () => {
	test('leaves no process, mount or file, even if a container was still running', async () => {
		const lab = await startDocker();
		const folder = path.dirname(lab.socket);
		lab.run('run', '-d', '--init', ...lab.bareArgs, lab.image, 'sleep', '86399');
		await lab.stop();
		expect(processes().filter(({command}) => command.includes(folder))).toEqual([]);
		expect(readFileSync('/proc/mounts', 'utf8')).not.toContain(folder);
		expect(existsSync(folder)).toBe(false);
	});
});
