import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { freePort, requireProgram, until } from './system.ts';

/** A file of docs/prometheus. */
export const shipped = (name: string) => new URL(`../../docs/prometheus/${name}`, import.meta.url).pathname;

export type Alert = {
	readonly status: 'firing' | 'resolved';
	readonly labels: Readonly<Record<string, string>>;
	readonly annotations: Readonly<Record<string, string>>;
};

export type StartedPrometheus = {
	/** The series of an instant query, each with its value. */
	query(expression: string): Promise<Array<{ labels: Record<string, string>; value: number }>>;
	/** What Alertmanager has sent to its receiver so far, oldest first: the alerts of a notification. */
	readonly notifications: ReadonlyArray<readonly Alert[]>;
	stop(): Promise<void>;
};

/**
 * A real Prometheus and Alertmanager on loopback, with the shipped configurations and rules: only addresses are others and waits are
 * seconds.
 *
 * @param scrape added to the shipped scrape configuration, a copy for each.
 */
export async function startPrometheus(scrape: ReadonlyArray<Record<string, unknown>>): Promise<StartedPrometheus> {
	const directory = mkdtempSync(join(tmpdir(), 'vpmon-test-'));
	const children: ChildProcess[] = [];
	const notifications: Alert[][] = [];
	const receiver = createServer((request, response) => {
		let text = '';
		request.on('data', (chunk) => {
			text += chunk;
		});
		request.on('end', () => {
			notifications.push(JSON.parse(text).alerts);
			response.end();
		});
	});
	await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
	const [port, alertPort] = [await freePort(), await freePort()];
	const write = (name: string, text: string) => {
		writeFileSync(join(directory, name), text);
		return join(directory, name);
	};
	const read = (name: string) => readFileSync(shipped(name), 'utf8');
	const start = (program: string, debianPackage: string, args: readonly string[]) => {
		const child = spawn(requireProgram(program, debianPackage), args, { stdio: ['ignore', 'ignore', 'inherit'] });
		children.push(child);
	};

	write('vpmon.rules.yaml', read('vpmon.rules.yaml').replaceAll(/for: \d+m/g, 'for: 1s'));
	const own = parse(read('prometheus.yaml'));
	// A machine that is busy elsewhere makes scrapes slow, which must not look like exporters that are away.
	own.global = { scrape_interval: '3s', scrape_timeout: '3s', evaluation_interval: '1s' };
	own.alerting.alertmanagers[0].static_configs[0].targets = [`127.0.0.1:${alertPort}`];
	const [job] = own.scrape_configs;
	own.scrape_configs = scrape.map((more) => ({ ...job, ...more }));
	const alerting = parse(read('alertmanager.yaml'));
	Object.assign(alerting.route, { group_wait: '1s', group_interval: '1s' });
	alerting.receivers[0].webhook_configs[0].url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`;

	start('prometheus', 'prometheus', [
		`--config.file=${write('prometheus.yaml', stringify(own))}`,
		`--storage.tsdb.path=${join(directory, 'tsdb')}`,
		`--web.listen-address=127.0.0.1:${port}`,
		'--log.level=warn',
	]);
	start('prometheus-alertmanager', 'prometheus-alertmanager', [
		`--config.file=${write('alertmanager.yaml', stringify(alerting))}`,
		`--storage.path=${join(directory, 'alertmanager')}`,
		`--web.listen-address=127.0.0.1:${alertPort}`,
		'--cluster.listen-address=',
		'--log.level=warn',
	]);
	const isReady = (at: number) => () =>
		fetch(`http://127.0.0.1:${at}/-/ready`).then(
			({ ok }) => ok,
			() => false,
		);
	await until('Prometheus is ready', isReady(port));
	await until('Alertmanager is ready', isReady(alertPort));
	return {
		async query(expression) {
			const answer = await fetch(`http://127.0.0.1:${port}/api/v1/query?query=${encodeURIComponent(expression)}`);
			const { status, error, data } = (await answer.json()) as {
				status: string;
				error?: string;
				data: { result: Array<{ metric: Record<string, string>; value: [number, string] }> };
			};
			if (status !== 'success') throw new Error(error);
			return data.result.map(({ metric, value }) => ({ labels: metric, value: Number(value[1]) }));
		},
		notifications,
		async stop() {
			await Promise.all(
				children.map((child) => {
					const ended = new Promise((resolve) => child.once('close', resolve));
					child.kill();
					return child.exitCode === null ? ended : null;
				}),
			);
			receiver.close();
			receiver.closeAllConnections();
			rmSync(directory, { recursive: true, force: true });
		},
	};
}
