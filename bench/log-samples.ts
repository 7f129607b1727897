import { closeSync, openSync, writeSync } from 'node:fs';

/** What a connector's log looks like to the program that reads it: a file, the docker client, journalctl. */
export const shapes = ['file', 'docker', 'journal'] as const;

export type Shape = (typeof shapes)[number];

const start = Date.parse('2026-11-22T08:00:00Z');

/** Text as connectors write it: mostly plain, some JSON, some with colours, some with words that secrets are looked for by. */
function textOf(number: number): string {
	switch (number % 10) {
		case 0:
		case 1:
			return `{"level":"info","ts":1795334400.123,"msg":"session opened","safe":"app-${number % 97}","seq":${number}}`;
		case 2:
			return `\u001b[32mINFO\u001b[0m session opened safe=app-${number % 97} target=10.20.4.17:22 seq=${number}`;
		case 3:
			return `WARN access token renewed for safe=app-${number % 97} token=abcdef0123456789 seq=${number}`;
		default:
			return `INFO session opened safe=app-${number % 97} target=10.20.4.17:22 user=deploy took=12ms seq=${number}`;
	}
}

function lineOf(shape: Shape, number: number): string {
	const time = new Date(start + number).toISOString();
	const text = textOf(number);
	if (shape === 'file') return `${time} ${text}`;
	if (shape === 'docker') return `${time.replace('Z', '000000Z')} ${text}`;
	return JSON.stringify({
		_SYSTEMD_UNIT: 'vaultpam-connector.service',
		SYSLOG_IDENTIFIER: 'vaultpam-connector',
		_BOOT_ID: '0d2b5c7f3a7b4f0e9a5d1c2b3a4f5e6d',
		_MACHINE_ID: '5e6d0d2b5c7f3a7b4f0e9a5d1c2b3a4f',
		_HOSTNAME: 'dc1.example',
		_TRANSPORT: 'stdout',
		_STREAM_ID: '4f5e6d5c7f3a7b4f0e9a5d1c2b3a0d2b',
		_PID: '812',
		_UID: '998',
		_GID: '998',
		_COMM: 'connector',
		_EXE: '/usr/bin/vaultpam-connector',
		_CMDLINE: '/usr/bin/vaultpam-connector run',
		_CAP_EFFECTIVE: '0',
		_SYSTEMD_SLICE: 'system.slice',
		_SYSTEMD_CGROUP: '/system.slice/vaultpam-connector.service',
		_SYSTEMD_INVOCATION_ID: '9a5d1c2b3a4f5e6d0d2b5c7f3a7b4f0e',
		PRIORITY: '6',
		SYSLOG_FACILITY: '3',
		__REALTIME_TIMESTAMP: String((start + number) * 1000),
		__MONOTONIC_TIMESTAMP: String(number * 1000),
		__CURSOR: `s=0d2b5c7f3a7b4f0e9a5d1c2b3a4f5e6d;i=${number.toString(16)};b=9a5d1c2b3a4f5e6d0d2b5c7f3a7b4f0e;m=${number};t=${start + number};x=7f3a7b4f`,
		MESSAGE: text,
	});
}

/** So many lines, numbered from 1. */
export function writeSample(path: string, shape: Shape, lines: number): void {
	const file = openSync(path, 'w');
	for (let first = 1; first <= lines; first += 1000) {
		const count = Math.min(1000, lines - first + 1);
		writeSync(file, Array.from({ length: count }, (_, index) => `${lineOf(shape, first + index)}\n`).join(''));
	}
	closeSync(file);
}
