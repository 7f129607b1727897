import { readFileSync } from 'node:fs';
import { describeHostKey } from '../../source/domain/host-key.ts';

export type TestKey =
	| 'host-a'
	| 'host-b'
	| 'host-c'
	| 'host-ecdsa'
	| 'host-rsa'
	| 'user-a'
	| 'user-b'
	| 'weak-rsa'
	| 'weak-dsa';

export const keyFile = (name: string): string => new URL(`../../fixtures/keys/${name}`, import.meta.url).pathname;

export const privateKey = (name: TestKey): string => readFileSync(keyFile(name), 'utf8');

export const publicKey = (name: TestKey): string => readFileSync(keyFile(`${name}.pub`), 'utf8').trim();

export const keyBlob = (name: TestKey): Buffer => Buffer.from(publicKey(name).split(' ')[1] ?? '', 'base64');

export const fingerprint = (name: TestKey): string => describeHostKey(keyBlob(name)).sha256;
