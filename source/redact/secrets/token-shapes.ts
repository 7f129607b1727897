/**
 * Tokens that are known by their shape, wherever they stand: what a vendor puts in front of them, and how they go on. From the vendors'
 * own pages; held against the rules of secretlint, which are kept up to date, by test/domain/token-shapes.test.ts.
 */
const shapes: readonly string[] = [
	// JSON Web Tokens (RFC 7519: base64url of '{"' is eyJ), whole or with an encrypted part (RFC 7516).
	String.raw`(?<![\w-])eyJ[\w-]{5,4000}\.[\w-]{5,8000}(?:\.[\w-]{0,8000}){0,3}`,
	// AWS: keys of users, roles and sessions. Azure: storage keys. Google: API keys, OAuth.
	String.raw`\b(?:A3T[A-Z0-9]|AKIA|ASIA|AGPA|AIDA|AROA|AIPA|ANPA|ANVA)[A-Z0-9]{16}\b`,
	String.raw`\bAIza[\w-]{35}`,
	String.raw`\bya29\.[\w-]{20,2000}`,
	String.raw`\bGOCSPX-[\w-]{20,60}`,
	// Forges and registries.
	String.raw`\bgh[pousr]_[A-Za-z0-9_]{20,255}`,
	String.raw`\bgithub_pat_\w{20,255}`,
	String.raw`\bgl(?:pat|ptt|rt|dt|soat|ft|cbt|oas|agent|imt|ffct)-[\w.-]{16,400}`,
	String.raw`\bnpm_[A-Za-z0-9_]{30,60}`,
	String.raw`\bpypi-[\w-]{50,400}`,
	String.raw`\bdckr_(?:pat|oat)_[\w-]{20,60}`,
	// Chat and mail.
	String.raw`\bx(?:ox[abeoprs]|app)(?:\.xox[bp])?-[\w-]{10,400}`,
	String.raw`(?<=hooks\.slack\.com\/(?:services|workflows|triggers)\/)[\w/-]{20,200}`,
	String.raw`\bSG\.[\w-]{16,128}\.[\w-]{16,128}`,
	String.raw`\bkey-[0-9a-f]{32}\b`,
	// Clouds, vaults, meshes, metrics.
	String.raw`\bhv[bsr]\.[\w-]{20,400}`,
	String.raw`\b(?:dop|doo|dor)_v1_[0-9a-f]{64}`,
	String.raw`\btskey-[\w-]{10,120}`,
	String.raw`\bgls?[ac]_[\w+/=-]{20,400}`,
	String.raw`\bdapi[0-9a-f]{32}(?:-\d)?\b`,
	String.raw`\bNRAK-[A-Z0-9]{27}\b`,
	String.raw`\bv[cr][a-z]?_[A-Za-z0-9]{24,80}\b`,
	String.raw`\bcf(?:k|ut|at)_[\w-]{20,120}`,
	String.raw`\bv1\.0-[0-9a-f]{24}-[0-9a-f]{146}\b`,
	// Assistants, trackers, shops, passwords.
	// Of letters in both cases and digits: sk-bratislava-db-primary-01 is a host.
	String.raw`\bsk-(?=[\w-]{0,400}[A-Z])(?=[\w-]{0,400}[a-z])(?=[\w-]{0,400}\d)[\w-]{20,400}`,
	String.raw`\b[sr]k_(?:live|test)_[A-Za-z0-9]{16,255}`,
	String.raw`\bwhsec_[A-Za-z0-9+/=]{16,255}`,
	String.raw`\bgsk_[A-Za-z0-9]{40,80}`,
	String.raw`\bhf_[A-Za-z0-9]{30,60}`,
	String.raw`\blin_(?:api|oauth)_[A-Za-z0-9]{30,80}`,
	String.raw`\bntn_[A-Za-z0-9]{40,60}`,
	String.raw`\bfig[dour]_[\w-]{20,120}`,
	String.raw`\bshp(?:at|ca|pa|ss)_[A-Za-z0-9]{32,64}`,
	String.raw`\bops_eyJ[\w+/=-]{60,2000}`,
	String.raw`\bA3-[A-Z0-9]{6}-(?:[A-Z0-9]{11}|[A-Z0-9]{6}-[A-Z0-9]{5})(?:-[A-Z0-9]{5}){3}\b`,
	String.raw`\bAGE-SECRET-KEY-1[A-Z0-9]{50,60}`,
];

export const tokenShapes = new RegExp(shapes.join('|'), 'g');
