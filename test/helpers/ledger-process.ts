import { openLedger } from '../../source/storage/ledger.ts';

// A vpmon process as far as the ledger is concerned: books again and again, and prints how often it was allowed to.
const [directory = '', tries = '1', address = '10.0.0.5'] = process.argv.slice(2);
const ledger = await openLedger(directory);
let booked = 0;
for (let index = 0; index < Number(tries); index++) {
	const answer = await ledger.book({ source: 'test', address, port: 22, siblings: [] }, 'unfinished', 'key');
	if (!('reason' in answer)) booked++;
	else if (answer.reason === 'ledger') throw new Error(answer.detail);
}
process.stdout.write(String(booked));
