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
	/** Nobody publishes its image: it is built from the checkout. */
	buildsImage: boolean;
	/** How the programs are installed in the checkout, where there is no container. */
	install: string;
	/** What is downloaded with the first run: the repositories of Hugging Face, of which one is enough. */
	downloads: readonly string[];
	/** GiB that have to be free before the first run. */
	space: number;
	/** The first version of the driver that does, and for what. */
	driver: {least: number; for: string};
	/** The page on which access to the downloads is granted. */
	access: string;
};

/** The label of an image with the commit of the checkout that it was built from. */
export const commitLabel = 'cosmos.commit';

/** The environment variable with the token for downloads. */
export const tokenName = 'HF_TOKEN';
