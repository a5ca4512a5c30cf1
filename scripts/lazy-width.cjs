// string-width, which is set up when a text needs it, and not with the program: its expression over all
// emoji takes a tenth of a start.
let stringWidth;

module.exports = (text, options) => {
	stringWidth ??= require('string-width').default;
	return stringWidth(text, options);
};
