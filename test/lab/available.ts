import {existsSync} from 'node:fs';
import path from 'node:path';
import parts from './parts.json' with {type: 'json'};

/** A part of the laboratory: the programs it needs on this machine and where Debian has them. */
export type LabPart = keyof typeof parts;

const told = new Set<string>();

/**
 * Whether parts of the laboratory can run here; for `describe.skipIf(!available('docker'))`. Says in
 * one line what is missing.
 * @throws Error where nothing may be skipped (CI=true)
 */
export function available(...wanted: LabPart[]): boolean {
	const missing = wanted.map(lacking).filter(text => text !== '');
	if (missing.length === 0) {
		return true;
	}

	const message = `laboratory: ${missing.join('; ')}`;
	if (process.env.CI === 'true') {
		throw new Error(message);
	}

	if (!told.has(message)) {
		told.add(message);
		process.stderr.write(`skipped, ${message}\n`);
	}

	return false;
}

function lacking(part: LabPart): string {
	const {programs, packages, needsRoot} = parts[part];
	const absent = programs.filter(program => programPath(program) === undefined);
	if (absent.length > 0) {
		return `${part} needs ${absent.join(', ')} (apt-get install ${packages.join(' ')})`;
	}

	return needsRoot && process.getuid?.() !== 0 ? `${part} needs root` : '';
}

/** Where a program lies; also in the folders that are root's only. */
export function programPath(name: string): string | undefined {
	const folders = [...(process.env.PATH ?? '').split(path.delimiter), '/usr/sbin', '/sbin'];
	return folders.map(folder => path.join(folder, name)).find(file => existsSync(file));
}

/** A machine that can give GPUs to containers cannot show how it is refused. */
export function hasNvidiaToolkit(): boolean {
	return ['nvidia-ctk', 'nvidia-container-runtime-hook'].some(programPath);
}
