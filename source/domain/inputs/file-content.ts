/** What a file is by its first bytes, whatever its name says: for those that are no input. */

/** How many bytes tell it. */
export const headLength = 4096;

/** `a Git LFS pointer`, and what to do about it; without a remedy of its own it can be converted. */
export type Content = {what: string; remedy?: string};

type Row = Content & {begins: RegExp};

/** As Latin-1, a character a byte. */
const rows: readonly Row[] = [
	{
		begins: /^version https:\/\/git-lfs\.github\.com\/spec\//,
		what: 'a Git LFS pointer',
		remedy: 'Run `git lfs pull` in its folder: that puts the file itself there.',
	},
	{
		begins: /^(?:\xEF\xBB\xBF)?\s*<(?:!doctype html|html|head|\?xml)/i,
		what: 'a web page',
		remedy:
			'Download the file itself: the address may need a login, or be that of a page about it.',
	},
	{begins: /^RIFF[\s\S]{4}AVI /, what: 'an AVI file'},
	{begins: /^GIF8[79]a/, what: 'a GIF'},
	{begins: /^\x47[\s\S]{187}\x47[\s\S]{187}\x47/, what: 'an MPEG transport stream'},
	{begins: /^\0\0\x01[\xBA\xB3]/, what: 'an MPEG program stream'},
	{begins: /^\x30\x26\xB2\x75\x8E\x66\xCF\x11/, what: 'a Windows Media file'},
	{begins: /^FLV\x01/, what: 'a Flash video'},
	{begins: /^\x06\x0E\x2B\x34/, what: 'an MXF file'},
	{begins: /^\x76\x2F\x31\x01/, what: 'an OpenEXR image'},
	{begins: /^\x89PNG\r\n\x1A\n/, what: 'a PNG image'},
	{begins: /^\xFF\xD8\xFF/, what: 'a JPEG image'},
	{begins: /^RIFF[\s\S]{4}WEBP/, what: 'a WebP image'},
	{begins: /^(?:II\*\0|MM\0\*)/, what: 'a TIFF image'},
	{begins: /^PK\x03\x04/, what: 'a ZIP archive', remedy: 'Unpack it.'},
	{begins: /^\x1F\x8B/, what: 'compressed with gzip', remedy: 'Unpack it.'},
	{
		begins: /^\0+$/,
		what: 'nothing but zeros',
		remedy: 'Its download was not finished: copy it again.',
	},
];

/** Undefined for what is not known, such as a video that can be used. */
export function recogniseContent(head: Uint8Array): Content | undefined {
	const text = Buffer.from(head).toString('latin1');
	const row = rows.find(({begins}) => begins.test(text));
	if (row) {
		return row;
	}

	// Letters of any language, and no control character but those between lines.
	return /^[^\0-\x08\x0E-\x1F\x7F]*$/.test(text)
		? {what: 'a text file', remedy: 'Is it the right file? Copy the video or image there.'}
		: undefined;
}

/** The endings of videos that the models do not read, and what they are. */
export const foreignEndings: Readonly<Record<string, string>> = {
	'.avi': 'an AVI file',
	'.gif': 'a GIF',
	'.mpg': 'an MPEG program stream',
	'.mpeg': 'an MPEG program stream',
	'.ts': 'an MPEG transport stream',
	'.mts': 'an MPEG transport stream',
	'.m2ts': 'an MPEG transport stream',
	'.wmv': 'a Windows Media file',
	'.flv': 'a Flash video',
	'.mxf': 'an MXF file',
	'.ogv': 'an Ogg file',
};
