import type { CheckId } from '../domain/check.ts';
import type { PreparedReport } from '../engine/collect-report.ts';
import type { FirstSweep } from '../engine/first-sweep.ts';
import type { PartState } from '../engine/report-parts.ts';
import { createStore, type Store } from '../engine/store.ts';
import type { AnyAuditEntry } from '../storage/audit.ts';
import type { CopyChoice } from './copy-choices.ts';
import type { BeforeFilter } from './filter-actions.ts';
import type { FixView } from './fix-view.ts';
import type { LogPanel } from './layout.ts';
import { firstLogView, type LogView } from './log-view.ts';
import type { NoticeEnd } from './notice.ts';
import type { Opened } from './safe-list.ts';
import type { TargetForm } from './target-form.ts';
import type { ListedSafe } from './vaultpam-only.ts';

export const panes = ['connectors', 'safes', 'checks', 'logs'] as const;

export type Pane = (typeof panes)[number];

/** What lies over the work; at most one at a time. */
export type Dialog =
	| {
			readonly kind: 'help';
			readonly query: string;
			/** Keys go into the query. */
			readonly searching: boolean;
			/** Which line of the list. */
			readonly cursor: number;
			/** What it was opened over, and what esc goes back to. */
			readonly under: Dialog | null;
	  }
	| {
			readonly kind: 'events';
			readonly query: string;
			/** Keys go into the query. */
			readonly searching: boolean;
			/** Which line; null stays at the newest. */
			readonly cursor: number | null;
			/** The line whose Safes are listed below it. */
			readonly opened: string | null;
	  }
	| {
			/** The Safes that only VaultPAM knows. */
			readonly kind: 'vaultpam-only';
			readonly query: string;
			/** Keys go into the query. */
			readonly searching: boolean;
			/** Which line. */
			readonly cursor: number;
	  }
	| {
			readonly kind: 'add';
			readonly form: TargetForm;
			/** The Safe of VaultPAM that gets the target, or null. */
			readonly listed: ListedSafe | null;
			/** What esc goes back to. */
			readonly under: Dialog | null;
	  }
	| {
			readonly kind: 'copy';
			readonly choices: readonly CopyChoice[];
			readonly cursor: number;
			/** What esc and a choice go back to. */
			readonly under: Dialog | null;
	  }
	| { readonly kind: 'evidence'; readonly check: CheckId; readonly offset: number }
	| FixView
	| {
			/** What fixes have run and changed. */
			readonly kind: 'commands';
			readonly file: string;
			/** Newest first. */
			readonly entries: readonly AnyAuditEntry[];
			/** Why it is not the file of all on this host, or null. */
			readonly problem: string | null;
			readonly offset: number;
	  }
	| ReportView
	| {
			/** Keys go into the text. */
			readonly kind: 'words';
			readonly safe: string;
			readonly text: string;
			/** The Safe has a text that an empty one would remove. */
			readonly isKept: boolean;
			/** What wanted to be shown meanwhile, and is shown after it: keys that are typed here mean something else there. */
			readonly next: Dialog | null;
	  };

/** The escalation report, from collecting to where it is. */
export type ReportView = {
	readonly kind: 'report';
	/** The Safe, or how many. */
	readonly about: string;
	/** Names of the Safes, for the audit file. */
	readonly safes: readonly string[];
	readonly offset: number;
} & (
	| {
			readonly phase: 'collecting';
			readonly since: number;
			readonly states: readonly PartState[];
			readonly cancel: () => void;
	  }
	| { readonly phase: 'preview' | 'writing'; readonly prepared: PreparedReport }
	| {
			readonly phase: 'done';
			readonly prepared: PreparedReport;
			readonly path: string;
			readonly bytes: number;
			/** Why the audit file does not tell of it, or null. */
			readonly notAudited: string | null;
	  }
	| {
			readonly phase: 'failed';
			readonly reason: string;
			readonly nextStep: string;
			/** What could not be written, and can still be copied. */
			readonly prepared: PreparedReport | null;
	  }
);

export type HostKeyQuestion = {
	/** As the inventory calls it. */
	readonly host: string;
	/** `ED25519` */
	readonly type: string;
	readonly fingerprint: string;
	/** When it was asked, or answered with a first yes: milliseconds since 1970. */
	readonly since: number;
	/** A yes was given; another one records the key. */
	readonly isSure: boolean;
	readonly answer: (yes: boolean) => void;
};

/** What the person is looking at: the state of the screen, and nothing of the world. */
export type View = {
	readonly focus: Pane;
	/** The name of the selected Safe, or of the one that stands for the selected line; null takes the first line. */
	readonly safe: string | null;
	/** The selected line, where it stands for several Safes; holds only together with the Safe it is selected by, if it has any. */
	readonly entry: { readonly key: string; readonly safe: string | null } | null;
	/** The group, or the folded Safes, whose members the list shows. */
	readonly opened: Opened | null;
	/** Lines that the Safes pane has room for at most. */
	readonly room: number;
	/** The focused pane has the whole screen. */
	readonly isZoomed: boolean;
	/** Whose log is shown. Null follows the selected Safe. */
	readonly connector: string | null;
	readonly dialog: Dialog | null;
	readonly filter: string;
	/** Where the person was before the filter. */
	readonly beforeFilter: BeforeFilter | null;
	/** Keys go into the filter. */
	readonly typing: boolean;
	readonly checksOffset: number;
	/** The row that was moved to; null is the one that tells. */
	readonly checkRow: CheckId | null;
	readonly logPanel: LogPanel;
	readonly log: LogView;
	/** The last `r`, so that another one soon after can insist. */
	readonly lastRerun: { readonly safe: string; readonly at: number } | null;
	/** Reports that are being written, also behind another dialog. */
	readonly reportsUnderWay: number;
	/** `q` was pressed while a report was under way. */
	readonly isLeaving: boolean;
	/** Asked before the first sweep of many targets; nothing is probed on its own until it is answered. */
	readonly question: { readonly sweep: FirstSweep; readonly answer: (yes: boolean) => void } | null;
	/** Names, addresses, users and host keys are hidden behind pseudonyms. */
	readonly isMasked: boolean;
	/** Rings when a Safe begins to fail. */
	readonly bell: boolean;
	/** When the last key was pressed, in milliseconds since 1970. */
	readonly keyAt: number | null;
	/** The last key before the person was away for long; what happened since is told. */
	readonly awaySince: number | null;
	/** Asked for a connector's host whose key is not known; nothing is recorded without a yes. */
	readonly hostKey: HostKeyQuestion | null;
	/** What came of the last key, or of what it began, where nothing else shows it. */
	readonly notice: string | null;
	/** When that is no longer true. */
	readonly noticeEnd: NoticeEnd | null;
	/** The last key and its name, so that one who dictates keys sees which one came through. */
	readonly did: string | null;
};

export function createView(): Store<View> {
	return createStore<View>({
		focus: 'safes',
		safe: null,
		entry: null,
		opened: null,
		room: Number.POSITIVE_INFINITY,
		isZoomed: false,
		connector: null,
		dialog: null,
		filter: '',
		beforeFilter: null,
		typing: false,
		checksOffset: 0,
		checkRow: null,
		logPanel: 'normal',
		log: firstLogView,
		lastRerun: null,
		reportsUnderWay: 0,
		isLeaving: false,
		question: null,
		isMasked: false,
		bell: false,
		keyAt: null,
		awaySince: null,
		hostKey: null,
		notice: null,
		noticeEnd: null,
		did: null,
	});
}
