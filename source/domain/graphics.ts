/** How pictures of videos are drawn: as the terminal supports, or one kind in any case. */
export const pictureChoices = ['auto', 'blocks', 'kitty', 'sixel', 'none'] as const;
export type PictureChoice = (typeof pictureChoices)[number];

/** How a terminal draws pictures of its own, finer than half blocks. */
export type Graphics = {
	/** The protocol that it speaks. */
	kind: 'kitty' | 'sixel';
	/** Pixels of a cell; while they are queried, or unknown, half blocks are shown instead of pictures. */
	cell?: {width: number; height: number};
	/** Why there are half blocks although the terminal draws pictures. */
	problem?: string;
	/** Colours that one picture may have; undefined: all. */
	colours?: number;
};

/** Whether a terminal draws pictures itself, or will once its cells are known. */
export const drawsPictures = (graphics: Graphics | undefined): boolean =>
	graphics !== undefined && graphics.problem === undefined;
