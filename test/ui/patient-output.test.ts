import { Writable } from 'node:stream';
import { expect, test } from 'vitest';
import { openPatiently } from '../../source/ui/patient-output.ts';

test('the alternate screen is entered at its first cell, wherever the cursor was', () => {
	let written = '';
	const terminal = new Writable({
		write(chunk, _encoding, callback) {
			written += chunk;
			callback();
		},
	});
	const output = openPatiently(terminal as unknown as NodeJS.WriteStream);
	output.stream.write('\u001b[?1049h');
	output.stream.write('first row');
	output.close();
	expect(written).toBe('\u001b[?1049h\u001b[Hfirst row');
});
