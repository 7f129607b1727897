import { cleanLine } from '../domain/clean.ts';
import { describeWriter } from '../domain/measurement.ts';
import { formatTarget } from '../domain/target.ts';
import { formatIsoMoment, zoneName } from '../domain/time.ts';
import type { KeptFile, KeptSafe, KeptTarget, MemoryReport, Told } from './memory-report.ts';

/** What is kept, as lines for people: the file first, then each target of the inventory, then the rest in numbers. */
export function formatMemory(report: MemoryReport, ownUid: number): string {
	const now = Date.parse(report.generatedAt);
	const words = new Words(now, ownUid);
	const safes = new Map(report.safes.map((safe) => [safe.name, safe]));
	const told = new Set<string>();
	const targets = report.targets.flatMap((target) => {
		const its = target.safes.flatMap((name) => (told.has(name) ? [] : (safes.get(name) ?? [])));
		for (const { name } of its) told.add(name);
		return ['', ...targetLines(target, its, words)];
	});
	const others = report.safes.filter((safe) => !told.has(safe.name)).flatMap((safe) => safeLines(safe, words));
	return [
		...report.files.flatMap(fileLines),
		...(report.isTakingPart ? [] : ['  share: false in this inventory: its programs neither read nor write it']),
		...report.otherBoards.map(
			({ directory, whose, command }) =>
				`also kept apart: ${cleanLine(directory)} of ${whose}; to share one: ${cleanLine(command)}`,
		),
		...targets,
		...(others.length === 0 ? [] : ['', 'Safes whose target is not known yet', ...others]),
		'',
		...restLines(report, words),
		`times are ${zoneName(now)}`,
	].join('\n');
}

/** Times and names as this reader has them. */
class Words {
	readonly #now: number;
	readonly #uid: number;

	constructor(now: number, uid: number) {
		this.#now = now;
		this.#uid = uid;
	}

	at(iso: string): string {
		return formatIsoMoment(iso, this.#now);
	}

	/** `16:11:28 by exporter` */
	by({ at, by }: Told): string {
		return `${this.at(at)} by ${describeWriter(by, this.#uid)}`;
	}
}

function fileLines({ file, isPrivate, owner, group, mode, bytes, isShared, problem }: KeptFile): string[] {
	const whose = isShared
		? `shared by all of group ${group}`
		: `only ${owner === 'root' ? 'root' : `${owner} and root`} can read it`;
	const what = isPrivate ? `sensitive Safes; ${whose}` : whose;
	const size = bytes < 1e6 ? `${Math.ceil(bytes / 1000)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
	return [
		cleanLine(file),
		`  ${owner}:${group} ${mode}, ${size}; ${what}`,
		...(problem === null ? [] : [`  not used now: ${cleanLine(problem)}`]),
	];
}

function targetLines(target: KeptTarget, safes: readonly KeptSafe[], words: Words): string[] {
	const { source, origin, address, port, names, connections, hostKeys, answers, netcat } = target;
	const also = names.length === 0 ? '' : ` (${names.join(', ')})`;
	const from = origin === 'host' ? source : `${source}, ${origin}`;
	return [
		`${formatTarget(address, port)}${also}  ${target.safes.join(', ')}`,
		`  from       ${from}`,
		...(connections === null
			? []
			: [`  port       ${connections.outcome}, ${connections.ms} ms, ${words.by(connections)}`]),
		...hostKeys.map(
			({ type, sha256, firstSeenAt, lastSeenAt, by }) =>
				`  host key   ${type} ${sha256}, first ${words.at(firstSeenAt)}, last ${words.by({ at: lastSeenAt, by })}`,
		),
		...answers.map(
			(answer) => `  answer     ${answer.username}, ${answer.key ?? 'no key'}: ${answer.answer}, ${words.by(answer)}`,
		),
		...(netcat === null ? [] : [`  nc         of a report, ${words.by(netcat)}`]),
		...safes.flatMap((safe) => safeLines(safe, words)),
	];
}

function safeLines({ name, samples, hours, note, reportedError }: KeptSafe, words: Words): string[] {
	const line = (label: string, text: string) => `  ${label.padEnd(10)} ${name}: ${text}`;
	return [
		...(samples + hours === 0 ? [] : [line('samples', `${samples} of 24 h, ${hours} h of 30 days`)]),
		...(note === null ? [] : [line('note', `${cleanLine(note.text)}, ${words.by(note)}`)]),
		...(reportedError === null
			? []
			: [line('error text', `${cleanLine(reportedError.text)}, ${words.by(reportedError)}`)]),
	];
}

function restLines(report: MemoryReport, words: Words): string[] {
	const { connectors, claims, targets, otherTargets, otherSafes, transitions } = report;
	const counted = (count: number, one: string, many = `${one}s`) => `${count} ${count === 1 ? one : many}`;
	return [
		...connectors.map((look) => `${look.connector} on ${look.source}: looked at ${words.by(look)}`),
		...claims.map((claim) => `under way: ${cleanLine(claim.what)} ${cleanLine(claim.of)}, since ${words.by(claim)}`),
		`${counted(targets.length, 'target')} of ${report.inventory ?? 'this inventory'}, ${otherTargets} of others; ` +
			`samples of ${counted(otherSafes, 'other Safe')}; ${counted(transitions, 'change')} in 30 days`,
	];
}
