// Stands in for string-width in the bundle. Loading the real one builds an Intl.Segmenter, and its first call compiles the largest
// Unicode property there is: 50 ms before the first frame. Text of one column a character, as nearly all of ours is, needs neither.
const narrow =
	/^[\u0020-\u007e\u00a0-\u00ac\u00ae-\u02ff\u0370-\u0377\u0384-\u038a\u03a3-\u0482\u048a-\u052f–…→─│●○◌◐▶✔✖·’“”]*$/;

let real;

module.exports = function stringWidth(text, options) {
	if (typeof text === 'string' && narrow.test(text)) return text.length;
	real ??= require('real-string-width').default;
	return real(text, options);
};
