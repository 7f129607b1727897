import type { AuthEvidence, KeyEvidence, LogProof } from '../domain/evidence.ts';
import { shortKeyType } from '../domain/host-key.ts';
import { emptyYes } from './empty-yes.ts';
import {
	type AuthAnswer,
	type Conclusion,
	type Judged,
	type Judgement,
	provenancePhrase,
	refusalSummary,
	type SafeEvidence,
	skipUnlessPassed,
} from './judgement.ts';
import { pastedLine } from './target-lines.ts';

/** Row 5: is the Safe's key accepted for its user? Runbook cause 5. */
export function judgeSshKey(evidence: SafeEvidence, judged: Judged): Judgement<'ssh-key'> {
	const { key, safe } = evidence;
	if (key !== null && !key.ok) return judgeKeyProblem(key);
	const skipped = skipUnlessPassed('host-key', judged);
	if (skipped !== null) return skipped;
	const pasted = judgePasted(evidence);
	if (pasted !== null) return pasted;
	if (safe.credential.type === 'unknown') return { verdict: 'untested', summary: 'no public key given' };
	if (evidence.auth === null) return notAsked(evidence);
	const { auth, connection } = evidence.auth;
	const { summary, ...judgement } =
		safe.credential.type === 'password' ? judgePassword(auth) : judgeAnswer(evidence, evidence.auth);
	const { authRefusal, proof } = evidence;
	return {
		...judgement,
		summary: summary + answerProvenance(evidence, connection.startedAt),
		measuredAt: connection.startedAt,
		durationMs: auth.durationMs,
		evidence: { ...auth, publicKey: key, proof, refusal: authRefusal },
	};
}

/** Row 2 tells of its measurement; this row tells of its own where that is another one. A refusal is told once. */
function answerProvenance(
	{ target, refusal, authRefusal, authBy: writer, targetBy, self }: SafeEvidence,
	measuredAt: string,
): string {
	const told = refusal === null ? authRefusal : null;
	const isOfOne = writer?.program === targetBy?.program && writer?.uid === targetBy?.uid;
	const isWithTarget = isOfOne && target?.connections.some(({ startedAt }) => startedAt === measuredAt);
	if (told === null && isWithTarget) return '';
	return provenancePhrase({ measuredAt, writer, refusal: told }, self);
}

/** Nothing was sent for such a key. What vpmon cannot ask about is not the key's fault. */
function judgeKeyProblem(key: Extract<KeyEvidence, { ok: false }>): Judgement<'ssh-key'> {
	const base = { summary: key.detail, evidence: { publicKey: key } };
	return key.problem === 'key-unsupported'
		? { verdict: 'unknown', ...base }
		: { verdict: 'fail', cause: key.problem, ...base };
}

/** What a pasted line of the target's log decides without a question of ours. */
function judgePasted({ safe, proof, reportedError }: SafeEvidence): Judgement<'ssh-key'> | null {
	if (proof?.from !== pastedLine || reportedError === null) return null;
	const base = { measuredAt: new Date(reportedError.at).toISOString(), evidence: { proof } };
	if (isUserRejected(proof)) return { verdict: 'skip', summary: 'not judged: username first', ...base };
	if (proof.says !== 'key-refused' || safe.credential.type === 'password') return null;
	const summary = `rejected for ${safe.username}: ${refusalOf(proof.line)}, says ${proof.from}`;
	return { verdict: 'fail', cause: 'key-rejected', summary, ...base };
}

function isUserRejected(proof: LogProof | null): boolean {
	return proof?.says === 'user-unknown' || proof?.says === 'user-not-allowed' || proof?.says === 'user-refused';
}

/** `bad ownership or modes for file /home/deploy/.ssh/authorized_keys` of sshd's line. */
function refusalOf(line: string): string {
	return (
		/bad owner(?:ship)? or modes for .*|could not open .*|with (?:correct key|valid certificate) but not from .*/i.exec(
			line,
		)?.[0] ?? line
	);
}

function notAsked({ safe, authRefusal }: SafeEvidence): Judgement<'ssh-key'> {
	if (authRefusal !== null) {
		// A refusal of the budget is told once: in row 3 where the same question proves it.
		const summary = safe.credential.type === 'password' ? refusalSummary(authRefusal) : 'not asked yet';
		return { verdict: 'unknown', summary, evidence: { refusal: authRefusal } };
	}
	if (safe.credential.type === 'password')
		return {
			verdict: 'untested',
			summary: 'password credential: only a session can test it',
		};
	return { verdict: 'unknown', summary: 'not asked' };
}

function judgeAnswer(evidence: SafeEvidence, answer: AuthAnswer): Conclusion {
	const { auth } = answer;
	const yesSayer = emptyYes(answer);
	if (yesSayer !== null)
		return { verdict: 'untested', summary: `${yesSayer} says yes to any key: only a session can test this one` };
	const user = evidence.safe.username;
	const { key, proof } = evidence;
	const shown = key?.ok ? `${shortKeyType(key.type)} ${key.fingerprint}` : 'key';
	switch (auth.answer) {
		case 'accepted':
			return { verdict: 'pass', summary: `accepted for ${user}: ${shown}` };
		case 'open':
			return { verdict: 'warn', summary: `${user} is let in without any key` };
		case 'none':
			return {
				verdict: 'unknown',
				summary: `no answer to the key query: ${auth.error ?? 'no reason given'}`,
			};
		case 'refused':
			break;
	}
	if (auth.methods !== null && auth.methods.length > 0 && !auth.methods.includes('publickey')) {
		return {
			verdict: 'fail',
			cause: 'method-not-offered',
			summary: `no public keys here, only ${auth.methods.join(', ')}`,
		};
	}
	if (isUserRejected(proof)) return { verdict: 'skip', summary: 'not judged: username first' };
	if (proof?.says === 'user-known')
		return {
			verdict: 'fail',
			cause: 'key-rejected',
			summary: `rejected for ${user}: ${shown}`,
		};
	return {
		verdict: 'fail',
		cause: 'user-or-key-rejected',
		summary: `rejected for ${user}: ${shown}`,
	};
}

const passwordMethods = ['password', 'keyboard-interactive'];

function judgePassword(auth: AuthEvidence): Conclusion {
	if (auth.answer === 'open')
		return {
			verdict: 'warn',
			summary: `${auth.username} is let in without any credential`,
		};
	if (auth.methods === null)
		return {
			verdict: 'unknown',
			summary: `the server did not name its methods: ${auth.error ?? 'no reason given'}`,
		};
	const offered = auth.methods.filter((method) => passwordMethods.includes(method));
	if (offered.length === 0) {
		return {
			verdict: 'fail',
			cause: 'method-not-offered',
			summary: `no passwords here, only ${auth.methods.join(', ') || 'nothing'}`,
		};
	}
	return {
		verdict: 'untested',
		summary: `password credential; the target offers ${offered.join(' and ')}`,
	};
}
