import { kindOfKey } from './key-material.ts';
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
	est et expiré expirée incorrecte invalide manquant non ou oui pas es falta incorrecta inválida expirado sí brak i jest nie
	niepoprawne nieprawidłowe tak wygasło bardzo mandatory optional mode gssapi-with-mic gssapi sha1 sha256 md5 hmac aes rsa ecdsa ed25519
	inherit inherited managed automatic auto configured unconfigured redacted masked obfuscated encrypted plaintext protected restricted sso
	oauth oauth2 oidc saml ldap kerberos pam vault kv env environment stdin`.split(/\s+/),
);

/** What stands in place of a value: stars, variables, templates, brackets around words. Each is the whole value. */
const placeholder = new RegExp(
	`^(?:${[
		String.raw`[*\u2022\u25cf\u00b7xX#?_.\u2026-]{3,}|\*+|(?:\\[nrt])+|\[?[BC]@[0-9a-f]{4,8}`,
		// Kubernetes writes <set to the key 'x1' in secret 'db'>.
		String.raw`<[^<>\d]{0,60}>|<[\w']{1,20}(?: [^<> ]{1,40}){2,12}>`,
		String.raw`\$\{[^}]{1,100}\}?|\$[A-Z_][A-Z0-9_]*|\$\((?:[A-Z][A-Z0-9_]*|[a-z]\w{0,20} [^)]{1,100}|[a-z]{2,12})\)?`,
		String.raw`\$(?:\d|[A-Za-z_]{0,20}(?:[Pp]ass|[Pp]wd?|[Ss]ecret|[Tt]oken|[Kk]ey|[Cc]red)[A-Za-z_]{0,20})`,
		String.raw`%[A-Z_]{1,40}%|%[-+0]?\d{0,3}[sdvqrxfj]|%\(\w{1,40}\)s`,
		String.raw`\{\{[^{}]{0,100}(?:\}\})?|\{(?:[a-z_]{0,40}|\d)\}|:\w{1,30}\?|@[A-Z][A-Z_]*@`,
		String.raw`\[(?:[^[\]\d]{0,40}|\d{1,4})\]|\((?:[^()\d]{0,40}|\d{1,4})\)|!vault(?: \|[-+]?)?|<<[<-]?["']?[A-Z_]*["']?`,
	].join('|')})$`,
);
const markers = 'redacted|masked|hidden|filtered|censored|sensitive|omitted|scrubbed|removed|obfuscated|not shown';
/** What other redactors put in place: of words alone, or in brackets; what we put there ourselves, with what is left beside it. */
const marker = new RegExp(
	String.raw`^[^A-Za-z0-9]*(?:[a-z]+[-_ ])*(?:${markers}|NO_LOG)(?:[-_ ][a-z]+)*[^A-Za-z0-9]*$|^[<[({*].{0,60}\b(?:${markers})\b.{0,60}[>\])}*]$|\bremoved\]`,
	'i',
);

/** Paths begin at a place that hosts have, or go over several plain names to a file. */
const path =
	/^(?:(?:~|\/(?:etc|run|var|home|opt|usr|root|tmp|srv|mnt|data|proc|dev|sys|app|vault|secrets?|certs?|config|keys|workspace|builds?|Users|Library|nix|lib|snap|media|boot))(?:\/[\w.@+ -]{0,80})*|\.{1,2}(?:\/[\w.@+-]{1,80}){2,}|(?:\.{1,2}\/|[A-Za-z]:\\)[\w-]{1,60}\.\w{1,5}|[A-Za-z]:\\[\w.@+ -]{1,80}\\[\w\\.@+ -]{0,200})$/;
const aroundPath = /^["'`([{<]+|["'`\])}>,;:.]+$/g;
const fileName =
	/^[\w-]{1,60}\.(?:(?:pem|key|pub|crt|cer|ppk|ya?ml|json|txt|conf|cfg|ini|env|toml|log|sock)|(?:go|ts|js|py|rb|java|c|cc|rs|sh):\d{1,6})(?::\d{1,6}){0,2}$/i;
const url = /^[a-z][a-z0-9+.-]{1,15}:\/\/(?:localhost|[\w-]{1,63}(?:[.:/])|\[)[^\s@?#!]{0,300}$/i;
const fingerprint =
	/^(?:SHA(?:1|256|384|512):[A-Za-z0-9+/]{27,86}={0,2}|SHA256:[A-Za-z0-9+/]{2,42}(?:\.{2,3}|…)|MD5:(?:[0-9a-f]{2}:){15}[0-9a-f]{2}|(?:[0-9a-f]{2}:){7,}[0-9a-f]{0,2})$/i;
const keyType =
	/^(?:ssh-(?:rsa|dss|ed25519|ed448)|ecdsa-sha2-nistp\d{3}|sk-(?:ssh|ecdsa)-[\w-]{3,40}|rsa-sha2-\d{3})(?:-cert-v\d\d)?(?:@[\w.]{3,40})?(?:[\s,].*)?$/;
const moment =
	/^(?:\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:[.,]\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)?)?|\d{1,2}:\d\d(?::\d\d)?)$/;
const decoration = /^["'`([{<]+|["'`\])}>,;.!?=]+$/g;

/** Behind the name of a source file, as compilers and stack traces write it. */
const placeInSource = /^(?:line|\d{1,6}(?::\d{1,4}){1,2}:?)$/;

/** A name of something: words with a sign between, one of which is a word for a secret. */
const nameOfSecret =
	/^(?=(?:[a-z]*[-_])*(?:[a-z]*(?:passw\w*|secrets?|tokens?|keys?|credentials?)|jwts?)(?:[-_]|$))[a-z]{2,20}(?:[-_][a-z]{2,20}){1,5}$/i;

export function isStateWord(value: string): boolean {
	return stateWords.has(value.replace(decoration, '').toLowerCase());
}

/** Public keys of SSH begin with their type; cut ones, too. */
function isPublicKey(value: string): boolean {
	if (keyType.test(value)) return true;
	if (!value.startsWith('AAAA')) return false;
	return (
		/^AAAA(?:[BCD]3Nz|E2Vj|[A-Z]\wNr)/.test(value) &&
		kindOfKey(Buffer.from(value.padEnd(20, 'A'), 'base64')) !== 'private'
	);
}

/** Whether a value says something about a secret, or where it lies, and is none itself. */
export function isInnocentValue(value: string): boolean {
	if (value === '' || value.length > 400) return value === '';
	if (placeholder.test(value) || marker.test(value) || fingerprint.test(value) || isPublicKey(value)) return true;
	const bare = value.replace(decoration, '');
	if (bare === '' || stateWords.has(bare.toLowerCase())) return true;
	if (nameOfSecret.test(bare) || placeInSource.test(bare)) return true;
	return path.test(value.replace(aroundPath, '')) || fileName.test(bare) || url.test(bare) || moment.test(bare);
}

const ofPassword = /pass(?!code)|pwd|kennw|contrase|has[łl]|mdp|secreto|geheim|(?:^|[-_. ])pw$/i;

/** The same beside a name. What may name a secret or a file elsewhere may well be chosen as a password. */
export function isInnocentBeside(name: string, value: string): boolean {
	if (!isInnocentValue(value)) return false;
	const bare = value.replace(decoration, '');
	if (!ofPassword.test(name) || placeholder.test(value) || stateWords.has(bare.toLowerCase())) return true;
	return !(fileName.test(bare) || (nameOfSecret.test(bare) && bare !== bare.toUpperCase() && !/^your[-_]/i.test(bare)));
}

const knownShape =
	/^(?:v?\d+(?:[.:_-]\d+)*[a-z]{0,3}|[\d.,]+%?|[a-z]{1,4}\d{1,3}|(?:ssh|ecdsa|rsa|dsa|hmac|sk|tls|http|aes|chacha)(?:[-_][\w@.-]*|s?)|(?:sha|md|aes|rsa|hmac|curve|chacha|x|ed|dsa|ipv|http|utf|base|tls|tlsv|argon)-?\d[\w@.-]*|id_\w[\w@.-]*|[0-9a-f]{8}-[0-9a-f]{4}-.*|[\w.-]+:\d{1,5}|http\/[\d.]{1,4}|s-1-[\d-]+|\d+(?:\.\d+){3}.*|[\w-]+(?:\.[\w-]+){2,}|[A-Za-z][\w.]*\(.*|#\d+|.*=.*)$/i;

/** A value as people and generators choose it: letters with digits or signs, and no number, address, time, version or name of a thing. */
export function looksChosen(value: string, shortest = 6): boolean {
	const bare = value.replace(decoration, '');
	if (bare.length < shortest || isInnocentValue(value) || knownShape.test(bare)) return false;
	if (!/[A-Za-z]/.test(bare)) return false;
	if (/[!#$%^&*?~+@]/.test(bare)) return true;
	if (/\d/.test(bare)) return !/^[a-z]+(?:[-_][a-z]+)*[-_]\d{1,4}$/.test(bare);
	return looksRandom(bare) || /[a-z][A-Z].*[a-z][A-Z]/.test(bare.slice(1));
}
