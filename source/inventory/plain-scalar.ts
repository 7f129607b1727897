import { isTooLong } from './yaml-limits.ts';

/** The text is not certain to mean the same to the whole library. */
export class NotPlain extends Error {
	override readonly name = 'NotPlain';
}

const certain = /^[A-Za-z][\w.@/+-]{5,}(?:[:=][\w.@/+=-]+)?$/;

/** YAML 1.2, section 10.3.2: what a plain scalar stands for. */
export function scalarOf(text: string, isInFlow: boolean): unknown {
	if (isTooLong(text)) throw new NotPlain();
	if (certain.test(text)) return text;
	if (!/^(?:[A-Za-z0-9./~(+$]|-(?=[^ -]))/.test(text) || /: |:$| #/.test(text)) throw new NotPlain();
	if (isInFlow && /[,[\]{}]/.test(text)) throw new NotPlain();
	if (/^(?:~|null|Null|NULL)$/.test(text)) return null;
	if (/^(?:true|True|TRUE|false|False|FALSE)$/.test(text)) return text[0]?.toLowerCase() === 't';
	if (/^(?:0|[1-9]\d{0,14})$/.test(text)) return Number(text);
	// Other numbers, and what only looks like one.
	if (/^[-+]?(?:\.?\d[\d.]*(?:[eE][-+]?\d+)?|0[xo][\da-fA-F]+|\.(?:inf|nan))$/i.test(text) && !isAddress(text))
		throw new NotPlain();
	return text;
}

const isAddress = (text: string) => /^\d+\.\d+\.\d+\.\d+$/.test(text);
