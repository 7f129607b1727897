/** @param onWait told when the lane is not free. */
export type KeyedMutex = (lane: string, task: () => Promise<void>, onWait: () => void) => Promise<void>;

/** Lets the tasks of one lane take turns, whoever wants them; those of different lanes go side by side. */
export function createKeyedMutex(): KeyedMutex {
	const lanes = new Map<string, Promise<void>>();
	return (lane, task, onWait) => {
		const before = lanes.get(lane);
		if (before !== undefined) onWait();
		const turn = (before ?? Promise.resolve()).then(task);
		const quiet = turn.catch(() => {}).finally(() => lanes.get(lane) === quiet && lanes.delete(lane));
		lanes.set(lane, quiet);
		return turn;
	};
}
