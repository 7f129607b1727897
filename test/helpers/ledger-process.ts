import { openLedger } from '../../source/storage/ledger.ts';

// A vpmon process as far as the ledger is concerned: reserves again and again, and prints how often it was allowed to.
const [directory = '', tries = '1', address = '10.0.0.5'] = process.argv.slice(2);
const ledger = await openLedger(directory);
let reserved = 0;
for (let index = 0; index < Number(tries); index++) {
	const answer = await ledger.reserve({ source: 'test', address, port: 22, siblings: [] }, 'unfinished', 'key');
	if (!('reason' in answer)) reserved++;
	else if (answer.reason === 'ledger') throw new Error(answer.detail);
}
process.stdout.write(String(reserved));
