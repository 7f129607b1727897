import type { AuthAnswer } from './judgement.ts';

/**
 * The server whose yes to the key query says nothing, or null. TinySSH answers PK_OK to any key of any user, and decides only at
 * the signature (measured against 20230101). RFC 4252 section 7 means the answer to say whether the key is acceptable.
 */
export function emptyYes({ auth, connection }: AuthAnswer): string | null {
	if (auth.answer !== 'accepted') return null;
	return /^SSH-2\.0-tinyssh/i.test(connection.handshake?.identification ?? '') ? 'TinySSH' : null;
}
