import { looksRandom } from './random-look.ts';

/** What a log says about a secret, and is none. Lower case. */
const stateWords = new Set(
	`absent accepted active added all allowed already always an and any are argument as asked at authentication available bad basic be bearer been
	being blank boolean bool both but by bytes cached can can't cancelled cannot case changed character characters check checked checking command connection contains
	could created credential credentials default denied deleted deprecated did digest disabled does doesn't don't each either else empty enabled enter entered
	error errors even exceeded exists expected expired expires expiring fail failed failure false field file for forbidden forgotten format found from
	generated given had has have hidden hostbased if ignored illegal in incorrect insufficient interactive invalid is issued it it's its key
	keyboard-interactive keyboard left length less loaded loading locked login lookup malformed may method mismatch missing more must n/a
	need needed needs never new nil no none not nothing now null number object obtained of off ok okay omitted on once one only or
	other out parameter parse password permission please present prompt provided publickey read reading received refresh refreshed refused reject
	rejected remains removed renewed renewing required requires reset retrieved returned revoked rotated rotating rotation same saved secret sent set
	should signature so somewhere standard still store stored string success successfully such text than that the their then there these
	this to token tokens too true try type unable unauthorized unavailable unchanged undefined unexpected unknown unlocked unset unsupported until
	unused updated updating use used user username using valid validated validation verified verifying via wait waiting was were when which
	will with without would wrong yes you your abgelaufen falsch fehlt gesetzt ist leer nicht nein oder richtig ungültig und wurde wird ja
	est et expiré expirée incorrecte invalide manquant non ou oui pas es falta incorrecta inválida no expirado sí brak i jest nie
	niepoprawne nieprawidłowe tak wygasło bardzo mandatory optional mode disabled. gssapi-with-mic gssapi sha1 sha256 md5 hmac aes rsa ecdsa ed25519
	inherit inherited managed automatic auto configured unconfigured redacted masked obfuscated encrypted plaintext protected restricted unchanged. sso
	oauth oauth2 oidc saml ldap kerberos pam vault kv env environment stdin`.split(/\s+/),
);

/** What stands in place of a value: stars, variables, templates, brackets, markers of other redactors. */
const placeholder =
	/^(?:[*•●·xX#?_.\u2026-]{3,}|\*+|<[^<>]{0,60}>|\$\{[^}]{1,100}\}?|\$[A-Z_][A-Z0-9_]*|\$\([^)]{1,100}\)?|\$\w{1,40}|%[A-Z_]{1,40}%|%[-+0]?\d{0,3}[sdvqrxfj]|%\(\w{1,40}\)s|\{\{.*|\{\w{0,40}\}|:\w{1,30}\?|@\w+@|\[.{0,40}\]|\(.{0,40}\)|!vault\b.*|<<.*)$/;
const marker =
	/redacted|masked|hidden|filtered|censored|sensitive|omitted|scrubbed|\bremoved\]|obfuscated|not shown|NO_LOG/i;

/** Paths begin at a place that hosts have, or go over several plain names to a file. */
const path =
	/^(?:(?:~|\.{1,2}|\/(?:etc|run|var|home|opt|usr|root|tmp|srv|mnt|data|proc|dev|sys|app|vault|secrets?|certs?|config|keys|workspace|builds?|Users|Library|nix|lib|snap|media|boot))(?:\/[\w.@+ -]{0,80})*|[A-Za-z]:\\[\w\\.@+ -]{0,200})$/;
const fileName =
	/^[\w-]{1,60}\.(?:pem|key|pub|crt|cer|ppk|ya?ml|json|txt|conf|cfg|ini|env|toml|go|ts|js|py|rb|java|c|cc|rs|sh|log|sock)(?::\d{1,6}){0,2}$/i;
const url = /^[a-z][a-z0-9+.-]{1,15}:\/\/[^\s@?#]{0,300}$/i;
const fingerprint = /^(?:SHA(?:1|256|384|512):|MD5:|(?:[0-9a-f]{2}:){7,})/i;
const publicKey = /^(?:(?:ssh|ecdsa|sk)-[\w@.-]{3,60}|AAAA[A-Za-z0-9+/]{4,})/;
const moment = /^\d{4}-\d\d-\d\d|^\d{1,2}:\d\d(?::\d\d)?$/;
const decoration = /^["'`([{<]+|["'`\])}>,;.!?=]+$/g;

/** A name of something: words with a sign between, one of which is a word for a secret. */
const nameOfSecret = /^(?=.*(?:passw|secret|token|key|credential|jwt))[a-z]{2,20}(?:[-_][a-z]{2,20}){1,5}$/i;

export function isStateWord(value: string): boolean {
	return stateWords.has(value.replace(decoration, '').toLowerCase());
}

/** Whether a value says something about a secret, or where it lies, and is none itself. */
export function isInnocentValue(value: string): boolean {
	if (value === '' || value.length > 400) return value === '';
	if (placeholder.test(value) || marker.test(value) || fingerprint.test(value) || publicKey.test(value)) return true;
	const bare = value.replace(decoration, '');
	if (bare === '' || stateWords.has(bare.toLowerCase())) return true;
	if (nameOfSecret.test(bare)) return true;
	return path.test(bare) || fileName.test(bare) || url.test(bare) || moment.test(bare) || placeholder.test(bare);
}

const knownShape =
	/^(?:v?\d+(?:[.:_-]\d+)*[a-z]{0,3}|[\d.,]+%?|[a-z]{1,4}\d{1,3}|(?:ssh|ecdsa|sha|md|aes|rsa|hmac|curve|chacha|x|ed|dsa|ipv|http|utf|base|tls|argon|id_\w)-?[\w@.-]*|[0-9a-f]{8}-[0-9a-f]{4}-.*|[\w.-]+:\d{1,5}|\d+(?:\.\d+){3}.*|[\w-]+(?:\.[\w-]+){2,}|[A-Za-z][\w.]*\(.*|#\d+|.*=.*)$/i;

/** A value as people and generators choose it: letters with digits or signs, and no number, address, time, version or name of a thing. */
export function looksChosen(value: string, shortest = 6): boolean {
	const bare = value.replace(decoration, '');
	if (bare.length < shortest || isInnocentValue(value) || knownShape.test(bare)) return false;
	if (!/[A-Za-z]/.test(bare)) return false;
	if (/[!#$%^&*?~+@]/.test(bare)) return true;
	if (/\d/.test(bare)) return !/^[a-z]+(?:[-_][a-z]+)*[-_]\d{1,4}$/.test(bare);
	return looksRandom(bare) || /[a-z][A-Z].*[a-z][A-Z]/.test(bare.slice(1));
}
