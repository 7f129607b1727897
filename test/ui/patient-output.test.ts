import { Writable } from 'node:stream';
import { expect, test } from 'vitest';
import { openPatiently } from '../../source/ui/patient-output.ts';

function openFake() {
	let written = '';
	const terminal = new Writable({
		write(chunk, _encoding, callback) {
			written += chunk;
			callback();
		},
	});
	return { output: openPatiently(terminal as unknown as NodeJS.WriteStream), written: () => written };
}

test('the alternate screen is entered at its first cell, wherever the cursor was', () => {
	const { output, written } = openFake();
	output.stream.write('\u001b[?1049h');
	output.stream.write('first row');
	output.close();
	expect(written()).toBe('\u001b[?1049h\u001b[Hfirst row');
});

test('a frame that is drawn over another one erases nothing before, and leaves nothing of it', () => {
	const { output, written } = openFake();
	output.drawOver(() => output.stream.write('\u001b[2K\u001b[1A\u001b[2K'));
	output.stream.write('\u001b[?2026h');
	output.stream.write('one\ntwo');
	output.stream.write('three\nfour');
	output.close();
	expect(written()).toBe('\u001b[?2026h\u001b[Hone\u001b[K\ntwo\u001b[Kthree\nfour');
});
