import { listOf, useScreen, useStore } from '../screen.ts';
import { Checks } from './checks.tsx';
import { Folded } from './folded.tsx';
import { GroupView } from './group.tsx';
import { VaultPamOnly } from './vaultpam-only.tsx';

/** What is to be said of the selected line: the checks of a Safe, the cause of a group, what folded Safes have in common, what is missing of those that only VaultPAM knows. */
export function Answer({ columns, height }: { columns: number; height: number }) {
	const { engine, view } = useScreen();
	const session = useStore(engine.session, (state) => state);
	const { entry } = listOf(
		session,
		useStore(view, (state) => state),
	);
	if (entry?.kind === 'group') return <GroupView entry={entry} columns={columns} height={height} />;
	if (entry?.kind === 'fold') return <Folded entry={entry} columns={columns} height={height} />;
	if (entry?.kind === 'vaultpam-only') return <VaultPamOnly entry={entry} columns={columns} height={height} />;
	return <Checks columns={columns} height={height} />;
}
