import { listOf, useScreen, useStore } from '../screen.ts';
import { Checks } from './checks.tsx';
import { Folded } from './folded.tsx';
import { GroupView } from './group.tsx';

/** What is to be said of the selected line: the checks of a Safe, the cause of a group, what folded Safes have in common. */
export function Answer({ columns, height }: { columns: number; height: number }) {
	const { engine, view } = useScreen();
	const safes = useStore(engine.session, (session) => session.safes);
	const { entry } = listOf(
		safes,
		useStore(view, (state) => state),
	);
	if (entry?.kind === 'group') return <GroupView entry={entry} columns={columns} height={height} />;
	if (entry?.kind === 'fold') return <Folded entry={entry} columns={columns} height={height} />;
	return <Checks columns={columns} height={height} />;
}
