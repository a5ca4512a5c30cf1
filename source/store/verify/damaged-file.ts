import {CosmosError} from '../../domain/errors.js';

/** A file that is no longer valid: truncated, overwritten, or of another format. */
export class DamagedFileError extends CosmosError {
	readonly file: string;
	/** What is wrong with it, without its name. */
	readonly damage: string;

	constructor(file: string, what: string, cause?: unknown) {
		super('store-damaged', `${file} is damaged: ${what}`, {
			hint: '`cosmos verify --fix` moves it aside and recovers what it can.',
			cause,
		});
		this.name = 'DamagedFileError';
		this.file = file;
		this.damage = `is damaged: ${what}`;
	}
}
