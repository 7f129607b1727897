import type { TextView } from './text-view.ts';

/** Colours and characters without width, as cleanText takes them out: they come to light when escapes are read. */
const hidden =
	/\u001b\[[0-?]{0,40}[ -/]{0,4}[@-~]?|\u001b|[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0]/g;

/** As a text reads without what nobody sees. Null where there is nothing hidden. */
export function visibleView(text: string): TextView | null {
	let visible = '';
	const places: number[] = [];
	let from = 0;
	const take = (to: number) => {
		for (let at = from; at < to; at++) places.push(at);
		visible += text.slice(from, to);
	};
	for (const { 0: found, index } of text.matchAll(hidden)) {
		take(index);
		from = index + found.length;
	}
	if (from === 0) return null;
	take(text.length);
	places.push(text.length);
	return { text: visible, places };
}
