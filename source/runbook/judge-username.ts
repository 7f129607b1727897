import type { HandshakeEvidence } from '../domain/evidence.ts';
import { emptyYes } from './empty-yes.ts';
import {
	type Conclusion,
	isAccepted,
	type Judged,
	type Judgement,
	refusalSummary,
	type SafeEvidence,
	skipUnlessPassed,
} from './judgement.ts';
import { pastedLine } from './target-lines.ts';

/** Row 3: does the target accept this username? Runbook cause 3. Only proven by an accepted key or by the target's log. */
export function judgeUsername(evidence: SafeEvidence, judged: Judged): Judgement<'username'> {
	const skipped = skipUnlessPassed('host-key', judged);
	if (skipped !== null) return skipped;
	const { safe, key, auth } = evidence;
	const pasted = judgePasted(evidence);
	if (pasted !== null) return pasted;
	if (safe.credential.type === 'unknown') return { verdict: 'untested', summary: 'no public key given to ask with' };
	if (safe.credential.type === 'password')
		return {
			verdict: 'untested',
			summary: 'password credential: only a session can test it',
		};
	if (key !== null && !key.ok)
		return {
			verdict: 'unknown',
			summary: 'cannot be asked without a usable key',
		};
	if (auth === null) {
		return { verdict: 'unknown', summary: notAskedSummary(evidence) };
	}
	const base = {
		measuredAt: auth.connection.startedAt,
		evidence: { username: safe.username, proof: evidence.proof },
	};
	const shown = JSON.stringify(safe.username);
	const proven = judgeProof(evidence);
	if (proven?.verdict === 'fail') return { ...proven, ...base };
	const yesSayer = emptyYes(auth);
	if (yesSayer !== null) {
		const summary = `${yesSayer} says yes to any user: only a session can test this one`;
		return { verdict: 'untested', summary, ...base };
	}
	if (isAccepted(auth)) {
		const rootDoubt = safe.username === 'root' ? doubtOfRoot(auth.connection.handshake) : null;
		if (rootDoubt !== null) return { verdict: 'warn', summary: rootDoubt, ...base };
		return { verdict: 'pass', summary: `${shown} is accepted`, ...base };
	}
	if (proven !== null) return { ...proven, ...base };
	if (auth.auth.answer === 'none')
		return {
			verdict: 'unknown',
			summary: 'no answer to the key query',
			...base,
		};
	return {
		verdict: 'unknown',
		summary: 'user or key: SSH answers both alike',
		...base,
	};
}

function notAskedSummary({ refusal, authRefusal }: SafeEvidence): string {
	if (authRefusal === null) return 'not asked: it is proven by the key query';
	// Row 2 says when already.
	return refusal === null ? refusalSummary(authRefusal) : 'not asked yet';
}

/** A pasted line of the target's log counts without a question of ours too. */
function judgePasted(evidence: SafeEvidence): Judgement<'username'> | null {
	const { safe, proof, reportedError } = evidence;
	if (proof?.from !== pastedLine || reportedError === null) return null;
	const proven = judgeProof(evidence);
	if (proven === null) return null;
	const measuredAt = new Date(reportedError.at).toISOString();
	return { ...proven, measuredAt, evidence: { username: safe.username, proof } };
}

function judgeProof({ safe, proof }: SafeEvidence): Conclusion | null {
	if (proof === null) return null;
	const shown = JSON.stringify(safe.username);
	const rejected = { verdict: 'fail', cause: 'username-rejected' } as const;
	switch (proof.says) {
		case 'user-unknown':
			return { ...rejected, summary: `the target knows no user ${shown}, says ${proof.from}` };
		case 'user-not-allowed': {
			const source = proof.from === pastedLine ? `, says ${pastedLine}` : '';
			return { ...rejected, summary: `the target does not let ${shown} in: ${reasonOf(proof.line)}${source}` };
		}
		case 'user-refused':
			return { ...rejected, summary: `${shown} does not exist or may not log in, says ${proof.from}` };
		case 'user-known':
		case 'key-refused':
			return { verdict: 'pass', summary: `${shown} exists, says ${proof.from}` };
	}
}

/** `not allowed because not listed in AllowUsers` of sshd's line. */
function reasonOf(line: string): string {
	return /not allowed because .*/i.exec(line)?.[0] ?? line;
}

/** A yes to root's key is no yes to root. */
function doubtOfRoot(handshake: HandshakeEvidence | null): string | null {
	const cloud = cloudImage(handshake);
	if (cloud !== null) return `accepted, but ${cloud} cloud images keep root's key only to turn it away`;
	const isOpenSsh = /OpenSSH/i.test(handshake?.identification ?? '');
	return isOpenSsh ? "root's key is listed, but sshd says so under PermitRootLogin no too" : null;
}

/** Systems whose images print `Please login as the user "…"` to a root whose key they accept. */
function cloudImage(handshake: HandshakeEvidence | null): string | null {
	return /\b(Ubuntu|Debian|FreeBSD)\b/.exec(handshake?.identification ?? '')?.[1] ?? null;
}
