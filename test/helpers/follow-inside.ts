/** Programs that follow a journal inside a test's machine with vpmon's own code, where the project is in /opt/vpmon. */
const imports = `
	import { existsSync } from 'node:fs';
	import { createLocalHost } from '/opt/vpmon/source/hosts/local-host.ts';
	import { followLog } from '/opt/vpmon/source/logs/follow.ts';
	import { journalSource } from '/opt/vpmon/source/logs/journal-source.ts';
	import { LogBuffer } from '/opt/vpmon/source/logs/log-buffer.ts';
	const host = createLocalHost();
	const buffer = new LogBuffer();`;

/** Follows a unit until there is /run/follow-enough, then prints the lines as JSON. */
export const followUntilEnough = (unit: string) => `${imports}
	const lines = [];
	buffer.subscribe(() => lines.push(buffer.last(1)[0].text));
	const follow = followLog(host, journalSource('${unit}', null), buffer, () => {});
	const timer = setInterval(async () => {
		if (!existsSync('/run/follow-enough')) return;
		clearInterval(timer);
		follow.stop();
		await host.dispose();
		process.stdout.write(JSON.stringify(lines));
	}, 200);`;

/** Prints the first state of following the unit (and journal directory) it is given: the reason, or the phase. */
export const followForReason = `${imports}
	const source = journalSource(process.argv[2], process.argv[3] ?? null);
	const follow = followLog(host, source, buffer, async (state) => {
		if (state.phase === 'starting') return;
		process.stdout.write(state.reason ?? state.phase);
		follow.stop();
		await host.dispose();
		process.exit();
	});`;

/** Kills the journalctl that follows the unit. */
export const killFollower = (unit: string) =>
	`for p in /proc/[0-9]*; do tr "\\0" " " < $p/cmdline 2>/dev/null | grep -q "^journalctl -u ${unit}.*--follow" && kill -9 $(basename $p); done; true`;
