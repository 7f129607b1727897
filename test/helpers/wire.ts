import { Duplex } from 'node:stream';

/** Two ends of a wire in memory. As on a real one, what is written arrives in a later turn: ssh2 cannot bear an answer inside its own write. */
export function createWire(): [Duplex, Duplex] {
	const ends: Duplex[] = [0, 1].map(
		(index) =>
			new Duplex({
				read() {},
				write(chunk, _encoding, callback) {
					setImmediate(() => {
						const other = ends[1 - index];
						if (other?.destroyed === false) other.push(chunk);
						callback();
					});
				},
				final(callback) {
					setImmediate(() => {
						const other = ends[1 - index];
						if (other?.destroyed === false) other.push(null);
						callback();
					});
				},
				destroy(error, callback) {
					setImmediate(() => {
						const other = ends[1 - index];
						if (other?.destroyed === false) other.push(null);
					});
					callback(error);
				},
			}),
	);
	return ends as [Duplex, Duplex];
}
