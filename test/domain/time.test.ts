import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';

const winter = Date.UTC(2026, 0, 15, 12);
const summer = Date.UTC(2026, 6, 15, 12);

// A zone is that of a process.
function namesIn(zone: string): readonly string[] {
	const code = `import { zoneName } from ${JSON.stringify(new URL('../../source/domain/time.ts', import.meta.url).href)};
		console.log(JSON.stringify([${winter}, ${summer}].map(zoneName)));`;
	const said = execFileSync(process.execPath, ['--input-type=module', '-e', code], {
		encoding: 'utf8',
		env: { ...process.env, TZ: zone },
	});
	return JSON.parse(said);
}

test.each([
	['UTC', 'UTC', 'UTC'],
	['Europe/London', 'UTC', 'UTC+1'],
	['Europe/Warsaw', 'UTC+1', 'UTC+2'],
	['America/St_Johns', 'UTC-3:30', 'UTC-2:30'],
	['Asia/Kathmandu', 'UTC+5:45', 'UTC+5:45'],
])('the zone of shown times, %s', (zone, inWinter, inSummer) => {
	expect(namesIn(zone)).toEqual([inWinter, inSummer]);
});
