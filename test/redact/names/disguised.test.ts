import { expect, test } from 'vitest';
import { parseInventory } from '../../../source/inventory/file.ts';
import { createNumbering } from '../../../source/redact/names/pseudonym.ts';
import { createSiteMask } from '../../../source/redact/names/site-mask.ts';
import { removeSecrets } from '../../../source/redact/secrets/secret-lines.ts';
import { identitiesLeft, readDisguisedIdentities, readInnocentLines } from '../../helpers/corpus.ts';

/** Laid by someone who had not seen the rules: how much of each the mask may get wrong. */
const maxSurviving = 0.05;
const maxChanged = 0.03;

const { safes, texts } = readDisguisedIdentities();
const inventory = { version: 1, connectors: [{ name: 'dc1', logFile: '/var/log/vaultpam.log' }], safes };
const siteMask = () =>
	createSiteMask(parseInventory(JSON.stringify(inventory), '/etc/vpmon/vpmon.yaml'), createNumbering(), {
		hide: 'all',
	});

test('of identities in the disguises of real programs at most a twentieth survives', () => {
	const mask = siteMask();
	const left = texts.flatMap(({ kind, text, needles }) => {
		const masked = mask(removeSecrets(text));
		const found = identitiesLeft(masked, needles);
		return found.length === 0 ? [] : [`${kind}: ${found.join(', ')} in ${masked}`];
	});
	expect(texts.length).toBeGreaterThanOrEqual(110);
	expect(left.length / texts.length, left.join('\n')).toBeLessThanOrEqual(maxSurviving);
});

test('of what is no name in these lines, what has to stay does', () => {
	const mask = siteMask();
	const lost = texts.flatMap(({ kind, text, keeps }) =>
		keeps.filter((keep) => !mask(removeSecrets(text)).includes(keep)).map((keep) => `${kind}: ${keep} of ${text}`),
	);
	expect(lost.length / texts.length, lost.join('\n')).toBeLessThanOrEqual(maxChanged);
});

test('of innocent lines at most three in a hundred change, redacted and masked', () => {
	const mask = siteMask();
	const lines = readInnocentLines();
	const changed = lines.flatMap(({ kind, text }) => {
		const shown = mask(removeSecrets(text));
		// A key names a machine or a person to whoever has its list of known hosts: it is evidence to redaction, and a name to the mask.
		return shown.replace(/KEY-\d+/g, '') === withoutKeys(text) ? [] : [`${kind}:\n  ${text}\n  ${shown}`];
	});
	expect(lines.length).toBeGreaterThanOrEqual(120);
	expect(changed.length / lines.length, changed.join('\n')).toBeLessThanOrEqual(maxChanged);
});

function withoutKeys(text: string): string {
	return text.replace(
		/SHA256:[\w+/]{43}|MD5:(?:[\da-f]{2}:){15}[\da-f]{2}|AAAA[\w+/]{24,}={0,2}|(?<=SSHFP \d \d )[\da-f]{64}/g,
		'',
	);
}
