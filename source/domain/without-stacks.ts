/**
 * Does what makes an error of each fault of a text, none of which is thrown. The stack of an error takes longer than the line that it is
 * about, and a file may have a million faults.
 */
export function withoutStacks<Value>(work: () => Value): Value {
	const usual = Error.stackTraceLimit;
	Error.stackTraceLimit = 0;
	try {
		return work();
	} finally {
		Error.stackTraceLimit = usual;
	}
}
