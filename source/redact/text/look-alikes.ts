import type { TextView } from './text-view.ts';

/**
 * Letters of other scripts that are drawn like Latin ones (Unicode UTS #39, confusables), in pairs. Full-width, bold and other forms of
 * the Latin letters themselves are told by Unicode's compatibility mapping (NFKC).
 */
const pairs =
	'аaвbсcԁdеeһhіiјjкkӏlмmоoрpԛqѕsтtуyхxԝwАAВBСCЕEНHІIЈJКKМMОOРPЅSТTХXУYαaεeιiκkνvοoρpτtυuχxωwΑAΒBΕEΖZΗHΙIΚKΜMΝNΟOΡPΤTΥYΧXɑaɡgıiǀlᴀaʙbᴄcᴅdᴇeᴋkᴍmᴏoᴘpꜱsᴛtᴜuᴠvᴡwᴢz';
const latin = new Map(
	Array.from({ length: pairs.length / 2 }, (_, at) => [pairs.charAt(2 * at), pairs.charAt(2 * at + 1)]),
);

const mayHaveLookAlikes =
	/[\u0131\u01c0\u0251\u0261\u0299\u0370-\u03ff\u0400-\u052f\u1d00-\u1d22\u2100-\u2149\u24b6-\u24e9\ua731\uff01-\uff5e\u{1d400}-\u{1d7ff}\u{1f130}-\u{1f189}]/u;

/** As it reads to people who know Latin letters alone. Null for a text without look-alikes. */
export function foldedView(text: string): TextView | null {
	if (!mayHaveLookAlikes.test(text)) return null;
	let folded = '';
	const places: number[] = [];
	let at = 0;
	for (const character of text) {
		const plain = latin.get(character) ?? character.normalize('NFKC');
		const said = /^[ -~]+$/.test(plain) ? plain : character;
		for (let index = 0; index < said.length; index++) places.push(at + (said === character ? index : 0));
		folded += said;
		at += character.length;
	}
	places.push(text.length);
	return folded === text ? null : { text: folded, places };
}
