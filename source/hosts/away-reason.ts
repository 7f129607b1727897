import { formatClock } from '../domain/time.ts';
import type { LinkProblem, LinkState } from './host.ts';

/** Why a host cannot be used now, and when it is tried again. */
export function awayReason(name: string, state: LinkState): string {
	switch (state.phase) {
		case 'waiting':
			return `${state.problem.reason}; ${again(state.problem)}, attempt ${state.attempt}, next ${formatClock(state.nextAt)}`;
		case 'connecting':
			return state.problem === null
				? `connecting to ${name}`
				: `${state.problem.reason}; ${again(state.problem)}, attempt ${state.attempt} under way`;
		default:
			return `there is no connection to ${name}`;
	}
}

/** The reason alone, which stays the same from attempt to attempt. */
export function problemOf(name: string, state: LinkState): string {
	const problem = state.phase === 'waiting' || state.phase === 'connecting' ? state.problem : null;
	return problem === null ? awayReason(name, state) : `${problem.reason}; ${again(problem)}`;
}

function again({ kind }: LinkProblem): string {
	return ['name', 'network', 'lost', 'turned-away'].includes(kind) ? 'reconnecting' : 'tried again later';
}
