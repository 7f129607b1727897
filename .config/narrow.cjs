// Characters that take one column each and never join with their neighbours: nearly all that vpmon draws.
module.exports =
	'\\u0020-\\u007e\\u00a0-\\u00ac\\u00ae-\\u02ff\\u0370-\\u0377\\u0384-\\u038a\\u03a3-\\u0482\\u048a-\\u052f–…→─│●○◌◐▶✔✖·’“”';
