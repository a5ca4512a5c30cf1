// Takes the place of Intl.Segmenter in the bundle. Packages make one as they are loaded, and to make one
// Node reads its tables of all characters. Nearly all texts need none. Measured in November 2026 on two
// cores, 30 starts of the dashboard each, in turn: 165 ms of computing to the first frame with this, 179
// without (minimum); to make a Segmenter takes 9 of these.
const {Segmenter} = Intl;

export class LazySegmenter {
	#options;
	#own;

	constructor(...options) {
		this.#options = options;
	}

	segment(text) {
		this.#own ??= new Segmenter(...this.#options);
		return this.#own.segment(text);
	}
}
