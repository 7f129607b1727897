import { expect, test } from 'vitest';
import { describeText } from '../../source/logs/log-line.ts';

// As the loggers themselves write them.
const samples: ReadonlyArray<readonly [kind: string, text: string]> = [
	['error', 'ERROR it broke'],
	['error', 'error: it broke'],
	['error', 'Error connecting to 10.0.0.5:22'],
	['error', '12:00:01 [ERROR] agent - it broke'],
	['error', '2026/11/22 08:00:00 [error] 31#31: *1 connect() failed'],
	['error', 'CRITICAL:root:out of space'],
	['warning', 'WARNING: slow'],
	['warning', '2026-11-22T08:00:00.000Z\tWARN\tagent/session.go:88\tslow\t{"ms": 812}'],
	['log', 'INFO recovered from the last ERROR'],
	['log', 'session closed, no error found'],
	['log', 'wrote /var/log/ERROR.log'],
	['log', 'exit_code=ERROR_NONE ok'],
	['log', 'Alert rules loaded'],
	// klog
	['error', 'E1122 08:00:00.123456   12345 session.go:88] dial failed'],
	['warning', 'W1122 08:00:00.123456       1 session.go:88] slow'],
	['log', 'I1122 08:00:00.123456       1 session.go:88] "ok" err="ERROR"'],
	['error', 'F1122 08:00:00.123456       1 main.go:1] cannot go on'],
	// logfmt: logrus, go-kit, log15, slog
	['error', 'time="2026-11-22T08:00:00Z" level=error msg="dial failed" safe=app-12'],
	['warning', 'time=2026-11-22T08:00:00.000Z level=WARN+2 msg=slow'],
	['error', 't=2026-11-22T08:00:00+0000 lvl=eror msg="dial failed"'],
	['error', 'ts=2026-11-22T08:00:00Z caller=agent.go:1 severity="CRITICAL" msg=x'],
	['log', 'level=info msg="ERROR count is 0"'],
	// logrus on a terminal
	['error', '\u001b[31mERRO\u001b[0m[0012] dial failed'],
	['warning', '\u001b[33mWARN\u001b[0m[0012] slow'],
	// JSON: zap, slog, zerolog, pino, bunyan, GELF, a journal entry
	['error', '{"level":"error","ts":1763798400.123,"caller":"a.go:1","msg":"dial failed"}'],
	['error', '{"level":"dpanic","ts":1763798400.123,"msg":"x"}'],
	['error', '{"time":"2026-11-22T08:00:00Z","level":"ERROR+2","msg":"x"}'],
	['error', '{"level":50,"time":1763798400123,"pid":1,"hostname":"h","msg":"x"}'],
	['warning', '{"name":"agent","hostname":"h","pid":1,"level":40,"msg":"x","time":"2026-11-22T08:00:00.000Z","v":0}'],
	['error', '{"level":60,"msg":"x"}'],
	['log', '{"level":30,"msg":"ERROR budget is fine"}'],
	['error', '{"version":"1.1","host":"h","short_message":"x","level":3}'],
	['warning', '{"MESSAGE":"x","PRIORITY":"4"}'],
	['error', '{"msg":"x","severity":"ERROR"}'],
	['log', '{"msg":"x","inner":{"level":"error"}}'],
	['log', '{"msg":"the text \\"level\\":\\"error\\" is quoted","level":"info"}'],
	// Small numbers mean one thing to zap, another to slog, a third to syslog.
	['log', '{"level":3,"msg":"x"}'],
	['error', 'agent: {"level":"error","msg":"cut of'],
	// sd-daemon(3)
	['error', '<3>it broke'],
	['warning', '<4>slow'],
];

for (const [kind, text] of samples) {
	test(`${kind}: ${JSON.stringify(text)}`, () => {
		expect(describeText(text).kind).toBe(kind);
	});
}

test('the time a line itself gives, in every unit', () => {
	const eight = Date.parse('2025-11-22T08:00:00.123Z');
	for (const text of [
		'{"ts":1763798400.123,"msg":"zap"}',
		'{"time":1763798400123,"msg":"pino"}',
		'{"t":1763798400123000,"msg":"microseconds"}',
		'{"timestamp":1763798400123000000,"msg":"nanoseconds"}',
		'{"@timestamp":"2025-11-22T08:00:00.123Z"}',
		'{"asctime":"2025-11-22 08:00:00,123Z"}',
		'{"time":"2025-11-22T09:00:00.123+0100"}',
		'time=2025-11-22T08:00:00.123Z level=INFO',
	])
		expect([text, describeText(text).time]).toEqual([text, eight]);
	for (const text of ['{"time":12}', '{"ts":"soon"}', 'time=now', 'plain', '{"t":true}'])
		expect([text, describeText(text).time]).toEqual([text, null]);
});
