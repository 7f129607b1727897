/** Lets the tasks of one lane take turns, whoever wants them; those of different lanes go side by side. */
export function createLanes(): (lane: string, task: () => Promise<void>) => Promise<void> {
	const lanes = new Map<string, Promise<void>>();
	return (lane, task) => {
		const turn = (lanes.get(lane) ?? Promise.resolve()).then(task);
		const quiet = turn.catch(() => {}).finally(() => lanes.get(lane) === quiet && lanes.delete(lane));
		lanes.set(lane, quiet);
		return turn;
	};
}
