import type { PackedSample } from './sample.ts';

/**
 * Samples lie in blocks, one row each: of 4 h at 4 bytes a sample, and of 5 days at 3 bytes an hour. A block has its whole length from
 * the start: one that grew with each sweep would split pages all over the file. Pure.
 */

export const hourS = 3600;
const daySeconds = 24 * hourS;

export const recentBlockS = 4 * hourS;
/** The block under way, and six whole ones before it: 24 h. */
export const recentBlocks = 7;
export const hoursBlockS = 5 * daySeconds;
export const hoursBlocks = 7;

export const keptRecentS = daySeconds;
export const keptHoursS = 30 * daySeconds;

/** Seconds from the block's start (2 bytes), code, milliseconds. Code 0 is an empty place. */
const sampleBytes = 4;
const usualSamples = 48;
/** At `sweepEvery: 1m` it has 240, and key presses add some. What comes on top is not kept. */
const maxSamples = 480;
export const maxBlockBytes = maxSamples * sampleBytes;

export function unpackRecent(blob: Uint8Array, start: number): PackedSample[] {
	const samples: PackedSample[] = [];
	const view = new DataView(blob.buffer, blob.byteOffset, blob.byteLength);
	for (let offset = 0; offset + sampleBytes <= blob.byteLength; offset += sampleBytes) {
		const [code, seconds] = [view.getUint8(offset + 2), view.getUint16(offset)];
		if (code === 0 || seconds >= recentBlockS) continue;
		samples.push({ at: start + seconds, code, scaledMs: view.getUint8(offset + 3) });
	}
	return samples.sort((a, b) => a.at - b.at);
}

export function packRecent(samples: readonly PackedSample[], start: number): Uint8Array {
	const kept = samples.slice(0, maxSamples);
	const places = Math.ceil(Math.max(1, kept.length) / usualSamples) * usualSamples;
	const blob = new Uint8Array(places * sampleBytes);
	const view = new DataView(blob.buffer);
	for (const [index, { at, code, scaledMs }] of kept.entries()) {
		view.setUint16(index * sampleBytes, at - start);
		view.setUint8(index * sampleBytes + 2, code);
		view.setUint8(index * sampleBytes + 3, scaledMs);
	}
	return blob;
}

/** An hour as it is packed: worst code, time that it failed, median. */
export type PackedHour = { readonly code: number; readonly failingQuarters: number; readonly scaledMs: number };

const hourBytes = 3;
const hoursBytes = (hoursBlockS / hourS) * hourBytes;

export function unpackHours(blob: Uint8Array, start: number): Array<PackedHour & { readonly at: number }> {
	const hours: Array<PackedHour & { at: number }> = [];
	for (let offset = 0; offset + hourBytes <= Math.min(blob.byteLength, hoursBytes); offset += hourBytes) {
		const [code = 0, failingQuarters = 0, scaledMs = 0] = blob.subarray(offset, offset + hourBytes);
		if (code !== 0) hours.push({ at: start + (offset / hourBytes) * hourS, code, failingQuarters, scaledMs });
	}
	return hours;
}

/** The block with some hours put in; a new one where there was none. Hours are by their start in seconds since 1970. */
export function withHours(
	before: Uint8Array | null,
	start: number,
	hours: ReadonlyMap<number, PackedHour>,
): Uint8Array {
	const blob = new Uint8Array(hoursBytes);
	if (before !== null) blob.set(before.subarray(0, hoursBytes));
	for (const [at, { code, failingQuarters, scaledMs }] of hours) {
		blob.set([code, failingQuarters, scaledMs], ((at - start) / hourS) * hourBytes);
	}
	return blob;
}

export function startOf(at: number, lengthS: number): number {
	return at - (at % lengthS);
}
