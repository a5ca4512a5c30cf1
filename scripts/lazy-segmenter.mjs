// Takes the place of Intl.Segmenter in the bundle. Packages make one as they are loaded; the first one has
// Node read its tables of all characters, which takes a twentieth of a start. Nearly all texts need none.
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
