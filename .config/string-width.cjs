// Stands in for string-width in the bundle. Loading the real one builds an Intl.Segmenter, and its first call compiles the largest
// Unicode property there is: 50 ms before the first frame. Text of one column a character needs neither.
const narrow = new RegExp(`^[${require('./narrow.cjs')}]*$`);

// SGR, the only escape sequences that we draw.
const styles = /\u001b\[[\d;]*m/g;

let real;

module.exports = function stringWidth(text, options) {
	if (typeof text === 'string') {
		const bare = text.includes('\u001b') ? text.replace(styles, '') : text;
		if (narrow.test(bare)) return bare.length;
	}
	real ??= require('real-string-width').default;
	return real(text, options);
};
