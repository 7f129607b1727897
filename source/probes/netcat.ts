import type { Host, RunOptions } from '../hosts/host.ts';
import { cleanForeign } from '../redact/secrets/secret-lines.ts';

export type NetcatResult =
	| {
			readonly ok: true;
			readonly command: string;
			readonly output: string;
			readonly flavour: string;
			readonly reached: boolean;
	  }
	/** `left`: it may have connected, whatever became of it. */
	| { readonly ok: false; readonly reason: string; readonly left: boolean };

/** The runbook's own `nc -zv`, quoted in the report. Its words differ between the programs named nc, so no verdict hangs on them. */
export async function probeNetcat(
	host: Host,
	address: string,
	port: number,
	options: RunOptions,
): Promise<NetcatResult> {
	const result = await host.run(['nc', '-zv', '-w', '5', address, String(port)], options);
	if (result.outcome === 'not-found') return { ok: false, reason: `nc is not installed on ${host.name}`, left: false };
	if (result.outcome === 'not-permitted')
		return { ok: false, reason: `nc may not be run on ${host.name}`, left: false };
	if (result.outcome === 'lost') return { ok: false, reason: result.stderr, left: true };
	if (result.outcome === 'cancelled') return { ok: false, reason: 'cancelled', left: true };
	if (result.outcome === 'timeout')
		return { ok: false, reason: `nc did not end within ${options.timeoutMs} ms`, left: true };
	const output =
		cleanForeign(`${result.stdout}${result.stderr}`).trim() ||
		`(nothing printed, exit code ${result.exitCode ?? 'none'})`;
	const help = await host.run(['nc', '-h'], options);
	return {
		ok: true,
		command: result.command,
		output,
		flavour: flavourOf(help.stdout + help.stderr),
		reached: result.exitCode === 0,
	};
}

function flavourOf(help: string): string {
	if (/OpenBSD netcat/i.test(help)) return 'OpenBSD netcat';
	if (/\bNcat\b/i.test(help)) return 'Ncat';
	if (/BusyBox/i.test(help)) return 'BusyBox nc';
	if (/\[v1\.\d+/.test(help)) return 'traditional netcat';
	return 'nc of an unknown kind';
}
