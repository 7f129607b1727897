import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { Box, render, Text } from 'ink';
import { useEffect, useState } from 'react';

/**
 * What any Ink screen costs: 34 lines of text, and nothing behind them; with a file, its newest lines ten times a second, out of the last
 * 5,000 to 10,000. bench/screen.ts tells its memory beside that of vpmon.
 */
const [file] = process.argv.slice(2);
const room = 34;
const most = 5000;
const everyMs = 100;
const kept: string[] = [];

if (file !== undefined) {
	const { stdout } = spawn('tail', ['-n', '0', '-F', `--pid=${process.pid}`, file], {
		stdio: ['ignore', 'pipe', 'ignore'],
	});
	createInterface({ input: stdout }).on('line', (line) => {
		kept.push(line);
		if (kept.length > 2 * most) kept.splice(0, kept.length - most);
	});
}

function Bare() {
	const [lines, setLines] = useState<readonly string[]>(Array.from({ length: room }, (_, index) => `line ${index}`));
	useEffect(() => {
		const timer = setInterval(() => kept.length > 0 && setLines(kept.slice(-room)), everyMs);
		return () => clearInterval(timer);
	}, []);
	return (
		<Box flexDirection="column">
			{lines.map((line, index) => (
				// biome-ignore lint/suspicious/noArrayIndexKey: a line of the screen is a place, whatever stands there.
				<Text key={index} wrap="truncate">
					{line}
				</Text>
			))}
			<Text>bare screen</Text>
		</Box>
	);
}

render(<Bare />, { alternateScreen: true, maxFps: 120 });
process.stdin.resume();
