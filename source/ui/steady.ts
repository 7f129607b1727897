// Most text has none of these, and is not looked at twice.
const unsteady =
	/\p{Variation_Selector}|\p{Regional_Indicator}|\p{Emoji_Modifier}|[\u{e0020}-\u{e007f}]|\u00ad|\p{Extended_Pictographic}\u200d/u;
const joined =
	/(\p{Extended_Pictographic})(?:\p{Variation_Selector}|\p{Emoji_Modifier})*(?:\u200d\p{Extended_Pictographic}(?:\p{Variation_Selector}|\p{Emoji_Modifier})*)+/gu;
const flagLetter = /\p{Regional_Indicator}/gu;
const modifiers = /\p{Variation_Selector}|\p{Emoji_Modifier}|[\u{e0020}-\u{e007f}]|\u00ad/gu;
const flagA = 0x1f1e6;

/**
 * Text without what terminals do not agree about the width of (measured: tmux 3.3 and string-width 9): skin tones, variation
 * selectors, joined emoji, of which the first stays, and flags, which become their two letters. All else keeps its columns.
 */
export function steady(text: string): string {
	if (!unsteady.test(text)) return text;
	return text
		.replace(joined, '$1')
		.replace(flagLetter, (letter) => String.fromCharCode(65 + (letter.codePointAt(0) ?? flagA) - flagA))
		.replace(modifiers, '');
}
