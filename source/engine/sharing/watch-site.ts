import { isDeepStrictEqual } from 'node:util';
import { auditProblem } from '../../storage/audit.ts';
import { type OtherBoard, otherBoards } from '../../storage/other-boards.ts';
import type { SessionStore } from '../session/session.ts';
import type { SiteSharing } from './site-sharing.ts';

/** Milliseconds between two looks whether all is shared. */
const lookEveryMs = 10_000;

type Options = {
	readonly session: SessionStore;
	readonly sharing: SiteSharing;
	/** How it is on this host; a test has its own. */
	readonly boards?: () => readonly OtherBoard[];
	readonly audit?: () => string | null;
	/** Told the first problem, once. */
	readonly onProblem?: (problem: string) => void;
};

/**
 * Shows what others of this host do with fixes, and why this program does not share all with them. Returns its own end.
 *
 * What is switched off in the inventory is no problem: nobody is told then, and nothing is asked.
 */
export function watchSite({
	session,
	sharing,
	boards = otherBoards,
	audit = auditProblem,
	onProblem,
}: Options): () => void {
	let isStopped = false;
	let isTold = false;
	const stops: Array<() => void> = [];
	const showFixes = () => {
		const claims = sharing.siteOf({ sensitive: false })?.claims('fix ') ?? [];
		const fixes = claims.map(({ by, what, since }) => ({ user: by.user, what, since }));
		if (!isDeepStrictEqual(fixes, session.get().fixesUnderWay)) session.learn({ kind: 'fixes seen', fixes });
	};
	const showProblems = () => {
		const { share } = session.get().inventory.settings;
		const others = share ? boards() : [];
		const problems = share ? problemsOf(sharing, others, audit) : [];
		const accounts = others.flatMap(({ whose }) => (whose.startsWith('group ') ? [] : whose));
		if (!isDeepStrictEqual(problems, session.get().notShared))
			session.learn({ kind: 'sharing seen', problems, accounts });
		const [first] = problems;
		if (first === undefined || isTold) return;
		isTold = true;
		onProblem?.(first);
	};
	void sharing.sites.then(({ shared, problem = null }) => {
		// The demo shares nothing, and there is nothing to mend.
		if (isStopped || (shared === null && problem === null)) return;
		showFixes();
		showProblems();
		const timer = setInterval(showProblems, lookEveryMs);
		timer.unref();
		stops.push(() => clearInterval(timer));
		if (shared === null) return;
		const unwatch = shared.watch(({ isOther }) => {
			if (isOther) showFixes();
		});
		stops.push(unwatch);
	});
	return () => {
		isStopped = true;
		for (const stop of stops) stop();
	};
}

function problemsOf(
	sharing: SiteSharing,
	boards: readonly OtherBoard[],
	audit: () => string | null,
): readonly string[] {
	const { shared, problem = null } = sharing.sitesNow();
	const why = shared === null ? problem : shared.problem();
	const apart = boards.map(
		({ whose, directory, command }) => `${whose} measures apart from you, in ${directory}. One for all: ${command}`,
	);
	return [why, ...apart, audit()].filter((sentence) => sentence !== null);
}
