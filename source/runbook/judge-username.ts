import type { HandshakeEvidence } from '../domain/evidence.ts';
import { emptyYes } from './empty-yes.ts';
import { type Judged, type Judgement, refusalSummary, type SafeEvidence, skipUnlessPassed } from './judgement.ts';

/** Row 3: does the target accept this username? Runbook cause 3. Only proven by an accepted key or by the target's log. */
export function judgeUsername(evidence: SafeEvidence, judged: Judged): Judgement {
	const skipped = skipUnlessPassed('host-key', judged);
	if (skipped !== null) return skipped;
	const { safe, key, auth, proof } = evidence;
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
		const summary =
			evidence.authRefusal === null ? 'not asked: it is proven by the key query' : refusalSummary(evidence.authRefusal);
		return { verdict: 'unknown', summary };
	}
	const base = {
		measuredAt: auth.connection.startedAt,
		evidence: { username: safe.username, proof },
	};
	const shown = JSON.stringify(safe.username);
	if (proof?.says === 'user-unknown') {
		return {
			verdict: 'fail',
			cause: 'username-rejected',
			summary: `the target knows no user ${shown}, says ${proof.from}`,
			...base,
		};
	}
	if (proof?.says === 'user-not-allowed') {
		return {
			verdict: 'fail',
			cause: 'username-rejected',
			summary: `the target does not let ${shown} in: ${reasonOf(proof.line)}`,
			...base,
		};
	}
	const yesSayer = emptyYes(auth);
	if (yesSayer !== null) {
		const summary = `${yesSayer} says yes to any user: only a session can test this one`;
		return { verdict: 'untested', summary, ...base };
	}
	if (auth.auth.answer === 'accepted' || auth.auth.answer === 'open') {
		const cloud = cloudImage(auth.connection.handshake);
		if (safe.username === 'root' && cloud !== null) {
			return {
				verdict: 'warn',
				summary: `accepted, but ${cloud} cloud images keep root's key only to turn it away`,
				...base,
			};
		}
		return { verdict: 'pass', summary: `${shown} is accepted`, ...base };
	}
	if (proof?.says === 'user-known')
		return {
			verdict: 'pass',
			summary: `${shown} exists, says ${proof.from}`,
			...base,
		};
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

/** `not allowed because not listed in AllowUsers` of sshd's line. */
function reasonOf(line: string): string {
	return /not allowed because .*/.exec(line)?.[0] ?? line;
}

/** Systems whose images print `Please login as the user "…"` to a root whose key they accept. */
function cloudImage(handshake: HandshakeEvidence | null): string | null {
	return /\b(Ubuntu|Debian|FreeBSD)\b/.exec(handshake?.identification ?? '')?.[1] ?? null;
}
