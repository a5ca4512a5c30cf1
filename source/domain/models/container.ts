/** What a family needs of the container that its jobs run in, beside the checkout at `/workspace`. */
export type ContainerNeeds = {
	/** Folders of the image that the mounted checkout would hide, such as `/workspace/.venv`. @default none */
	imageFolders?: readonly string[];
	/** The folder of the user's home on the host that is mounted in root's. @default .cache/huggingface */
	cache?: string;
	/** The folder of the checkout that has the programs where there is no container. @default those of the PATH */
	programs?: string;
};

/** What a family needs of a host beside the checkout and the container; `cosmos doctor` checks it. */
export type HostNeeds = {
	/** Nobody publishes its image: it is built from the checkout. @default false */
	buildsImage?: boolean;
	/** How the programs are installed in the checkout, where there is no container. @default not known */
	install?: string;
	/** What the first run downloads. @default nothing */
	downloads?: Downloads;
	/** The first version of the driver that does, and for what. */
	driver: {least: number; for: string};
	/** Files of the checkout without which launches fail. @default none are known */
	files?: readonly NeededFile[];
};

export type Downloads = {
	/** Repositories of Hugging Face, of which one is enough. */
	anyOf: readonly string[];
	/** Those that every run needs, to which access has to be granted. */
	gated: readonly string[];
	/** GiB that have to be free before the first run. */
	space: number;
	/** The page on which access is granted. */
	access: string;
};

/** A file or folder below the checkout. */
export type NeededFile = {
	path: string;
	/** The launches that need it: `cosmos upscale`. @default every run */
	for?: string;
};

/** The label of an image with the commit of the checkout that it was built from. */
export const commitLabel = 'cosmos.commit';

/** The environment variable with the token for downloads. */
export const tokenName = 'HF_TOKEN';
