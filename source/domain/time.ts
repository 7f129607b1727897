/** Times are shown absolute and in the reader's zone, so that nothing has to be written while nothing changes. */

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

const two = (value: number) => String(value).padStart(2, '0');

/** `02:07:15` */
export function formatClock(time: number): string {
	const date = new Date(time);
	return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

/** `02:07` on the day of `now`, else `21 Nov`, at most six columns: for lists. */
export function formatSince(time: number, now: number): string {
	const date = new Date(time);
	return isSameDay(date, new Date(now))
		? formatClock(time).slice(0, 5)
		: `${date.getDate()} ${months[date.getMonth()]}`;
}

/** `21 Nov`, in another year than that of `now` `21 Nov 2025`. */
export function formatDay(time: number, now: number): string {
	const date = new Date(time);
	const year = date.getFullYear() === new Date(now).getFullYear() ? '' : ` ${date.getFullYear()}`;
	return `${date.getDate()} ${months[date.getMonth()]}${year}`;
}

const weekdays = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];

/** `Sat 21 Nov`, in another year than that of `now` with it. */
export function formatWeekday(time: number, now: number): string {
	return `${weekdays[new Date(time).getDay()]} ${formatDay(time, now)}`;
}

/** `02:07:15` on the day of `now`, else `21 Nov 02:07:15`: for log lines. */
export function formatLogTime(time: number, now: number): string {
	const date = new Date(time);
	const day = isSameDay(date, new Date(now)) ? '' : `${date.getDate()} ${months[date.getMonth()]} `;
	return day + formatClock(time);
}

/** `02:07:15` on the day of `now`, else `21 Nov 2026 02:07:15`. */
export function formatMoment(time: number, now: number): string {
	const date = new Date(time);
	if (isSameDay(date, new Date(now))) return formatClock(time);
	return `${date.getDate()} ${months[date.getMonth()]} ${date.getFullYear()} ${formatClock(time)}`;
}

/** `UTC`, `UTC+1`, `UTC-3:30`: the zone all shown times are in. */
export function zoneName(time: number): string {
	// Not by Intl, which knows CET: its dates take eight megabytes and 30 ms, for one word of the screen.
	const minutes = -new Date(time).getTimezoneOffset();
	if (minutes === 0) return 'UTC';
	const rest = Math.abs(minutes) % 60;
	const hours = Math.floor(Math.abs(minutes) / 60);
	return `UTC${minutes < 0 ? '-' : '+'}${hours}${rest === 0 ? '' : `:${String(rest).padStart(2, '0')}`}`;
}

/** An ISO time as a moment; text that is none stays as it is. */
export function formatIsoMoment(text: string, now: number): string {
	const time = Date.parse(text);
	return Number.isNaN(time) ? text : formatMoment(time, now);
}

/** `10m`, `2h` or `3d` before `now`, or an ISO time, local where it names no zone. Milliseconds since 1970, or null when it is neither. */
export function parseSince(text: string, now: number): number | null {
	const [, count, unit = ''] = /^(\d{1,6})\s?([smhd])$/.exec(text.trim()) ?? [];
	const units: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
	if (count !== undefined) return now - Number(count) * (units[unit] ?? 0);
	const iso = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)?))?$/.exec(text.trim());
	// Date.parse takes a day alone as UTC.
	const time = iso === null ? Number.NaN : Date.parse(`${iso[1]}T${iso[2] ?? '00:00'}`);
	return Number.isNaN(time) ? null : time;
}

function isSameDay(a: Date, b: Date): boolean {
	return a.getFullYear() === b.getFullYear() && a.getMonth() === b.getMonth() && a.getDate() === b.getDate();
}
