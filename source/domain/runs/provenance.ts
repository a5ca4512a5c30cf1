/**
 * What made a run's result, as far as it was known when its job started. Where each fact comes from:
 *
 * - `cosmos`: this program's `package.json`; the commit is put in by `npm run build`, from its git.
 * - `engine`: what the check before the launch got from `docker version`, `podman --version` or `sinfo`.
 * - `image`: `docker image inspect` by the start command, before `docker run`; of a server that runs, the image of
 *   its container. Slurm's jobs ask on their node where they use Docker; an Apptainer or pyxis image is only named.
 * - `checkout`: `git` in the host's folder of the model, by the start command, or by the job on its node.
 * - `checkpoints`: `refs/main` of the Hugging Face cache there, else its newest snapshot; of files downloaded into the
 *   checkout, what the downloader noted beside them.
 * - `gpus`, `driver`: the query of `nvidia-smi` with which a start finds its GPUs.
 * - `cuda`: of the image, by its `CUDA_VERSION`; without an image, the newest that the driver supports.
 *
 * Nothing is guessed: what the host does not say is absent. Each engine says it with the start of the job
 * (`provenance-script.ts`), so no command is added, and it is stored by the change that makes the run `running`.
 */
import {cleanText} from './log-lines.js';

export type Provenance = {
	/** This product, by which the job was started. */
	cosmos: {version: string; commit?: string};
	/** `Docker 28.2.2`, `Slurm 23.11.4`, `process`. */
	engine?: string;
	/** Its name, the digest in the registry that it was pulled from, and the id of its content. */
	image?: {name: string; digest?: string; id?: string};
	/** The commit of the model's checkout, and whether no file of it was changed. */
	checkout?: {commit: string; clean: boolean};
	checkpoints?: Array<{name: string; revision: string}>;
	/** The cards that the job had. */
	gpus?: string[];
	driver?: string;
	cuda?: string;
};

/** What a host says of it. */
export type HostProvenance = Omit<Provenance, 'cosmos'>;

/** Values that are taken of what a host says, and characters of each. */
export const mostValues = 64;
const longestValue = 255;

/** Reads what a start said: words `KEY VALUE` without the line's first word. Unknown ones are skipped. */
export function readProvenance(
	lines: readonly string[],
	known: Pick<HostProvenance, 'engine'> & {image?: string},
): HostProvenance {
	const values = lines.slice(0, mostValues).map(line => {
		const [key = '', ...words] = line.split(' ');
		return {key, text: cleanText(words.join(' ')).trim().slice(0, longestValue)};
	});
	const all = (key: string, shape = /./) =>
		values.filter(one => one.key === key && shape.test(one.text)).map(({text}) => text);
	const [commit] = all('commit', /^[0-9a-f]{40,64}$/);
	const [digest] = all('digest', /@sha256:[0-9a-f]{64}$/);
	const [id] = all('image-id', /^(?:sha256:)?[0-9a-f]{64}$/);
	const checkpoints = all('checkpoint', /^\S+ [0-9a-f]{40,64}$/).map(text => {
		const [name = '', revision = ''] = text.split(' ');
		return {name, revision};
	});
	const gpus = all('gpu');
	const [driver] = all('driver', /^\d/);
	const [cuda] = all('cuda', /^\d/);
	return {
		...(known.engine && {engine: known.engine}),
		...(known.image && {
			image: {
				name: known.image,
				...(digest && {digest: digest.slice(digest.indexOf('@') + 1)}),
				...(id && {id: id.startsWith('sha256:') ? id : `sha256:${id}`}),
			},
		}),
		...(commit && {checkout: {commit, clean: all('changed').length === 0}}),
		...(checkpoints.length > 0 && {checkpoints}),
		...(gpus.length > 0 && {gpus}),
		...(driver && {driver}),
		...(cuda && {cuda}),
	};
}

/** The rows in which it is shown and compared: a word for each fact, and its text. */
export function provenanceRows({
	madeBy,
}: {
	madeBy?: Provenance;
}): Array<[name: string, text: string]> {
	if (!madeBy) {
		return [];
	}

	const {cosmos, engine, image, checkout, checkpoints = [], gpus = [], driver, cuda} = madeBy;
	const rows: Array<[string, string | undefined]> = [
		['cosmos', [cosmos.version, cosmos.commit].filter(Boolean).join(', commit ')],
		['engine', engine],
		['image', image?.name],
		['image digest', image?.digest ?? image?.id],
		['checkout', checkout && `${checkout.commit}${checkout.clean ? '' : ', with local changes'}`],
		['checkpoints', checkpoints.map(({name, revision}) => `${name} ${revision}`).join(', ')],
		['gpu', [...new Set(gpus)].map(name => times(name, gpus)).join(', ')],
		['driver', driver],
		['cuda', cuda],
	];
	return rows.filter((row): row is [string, string] => row[1] !== undefined && row[1] !== '');
}

function times(name: string, all: readonly string[]): string {
	const count = all.filter(one => one === name).length;
	return count === 1 ? name : `${count} × ${name}`;
}
