import type { Instance } from 'ink';
import type { PatientOutput } from './patient-output.ts';

/** Milliseconds without another resize: a window that is pulled changes its size many times. */
const quietMs = 50;

export type Repaintable = {
	readonly output: Pick<PatientOutput, 'stream' | 'drawOver'>;
	readonly app: Pick<Instance, 'clear'>;
	/** Renders once more what is rendered. */
	readonly render: () => void;
	/** The terminal belongs to somebody else just now, who has it drawn anew afterwards. */
	readonly isLent: () => boolean;
};

/**
 * Draws everything anew once the terminal has its new size. A frame that was under way for the size before is wrapped by the terminal
 * and scrolls it; Ink then writes only what it takes for changed, beside what has scrolled.
 *
 * @returns its end.
 */
export function repaintAfterResize({ output, app, render, isLent }: Repaintable): () => void {
	let timer: NodeJS.Timeout | undefined;
	const repaint = () => {
		if (isLent()) return;
		output.drawOver(() => app.clear());
		render();
	};
	const onResize = () => {
		clearTimeout(timer);
		timer = setTimeout(repaint, quietMs).unref();
	};
	output.stream.on('resize', onResize);
	return () => {
		clearTimeout(timer);
		output.stream.off('resize', onResize);
	};
}
