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

/** `CET`, `GMT+2`: the zone all shown times are in. */
export function zoneName(time: number): string {
	// Names such as CET are British English.
	const parts = new Intl.DateTimeFormat('en-GB', { timeZoneName: 'short' }).formatToParts(time);
	return parts.find(({ type }) => type === 'timeZoneName')?.value ?? 'local time';
}

/** An ISO time as a moment; text that is none stays as it is. */
export function formatIsoMoment(text: string, now: number): string {
	const time = Date.parse(text);
	return Number.isNaN(time) ? text : formatMoment(time, now);
}

function isSameDay(a: Date, b: Date): boolean {
	return a.getFullYear() === b.getFullYear() && a.getMonth() === b.getMonth() && a.getDate() === b.getDate();
}
