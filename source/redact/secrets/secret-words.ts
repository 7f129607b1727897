/**
 * The words that name a secret, as data. `strong` words make any value beside them a secret; `weak` ones have other meanings too, so the
 * value has to look like one; `rest` ones take the rest of their line (headers, phrases of words).
 */
export type NameKind = 'strong' | 'weak' | 'rest';

/** A blank, `_`, `-`, `.` or nothing between the parts of a name; never more. */
const gap = '[-_. ]?';

const strong: readonly string[] = [
	// English
	`pass${gap}(?:words?|wd|phrases?|codes?|keys?)`,
	'passwds?|passwort|pass',
	'pwd?|pswd|psw',
	'tokens?',
	'credentials?|creds?',
	`pre${gap}shared${gap}key|psk`,
	`(?:api|access|account|auth|secret|private|signing|encryption|decryption|cipher|master|shared|client|storage|session|service|licen[cs]e|app(?:lication)?|consumer|unseal|recovery|deploy|webhook|admin|subscription|hmac|aes|jwt|crypto|write|function|sas|rest|data|transport|wep|tsig|rndc|cookie|root|instrumentation|integration|server|team|project|org|user|backup|restic|borg|luks|bitlocker|vault|ssl|tls|ssh)${gap}keys?(?:base)?`,
	'secrets?',
	'jwts?|t?otps?|pin|puk',
	`(?:recovery|backup|one${gap}time|verification|security|access|pairing|activation|invite|mfa|2fa|auth)${gap}codes?`,
	'(?:nt|lm|ntlm)(?:v[12])?[-_ ]?hash',
	`(?:masterauth|auth${gap}tok|key content|schl(?:ü|ue)sselinhalt|community[-_ ]?string|connection[-_ ]?strings?)`,
	'(?<=_)pat|personal access token',
	// German, French, Spanish, Polish; then their neighbours.
	'kennw(?:ö|oe?|o\\u0308)rt(?:er|es)?|passw(?:ö|oe?)rter|zugangs(?:daten|code|schl(?:ü|ue)ssel)|(?:netzwerk|sicherheits|wlan|zugriffs|geheim|aktivierungs|lizenz)schl(?:ü|ue)ssel|geheimnis|losung(?:swort)?|geheime[rs]? schl(?:ü|ue)ssel|(?:api|privater)[- ]?schl(?:ü|ue)ssel',
	"mots?[-_ ]de[-_ ]passe|mdp|phrase[-_ ](?:de[-_ ]passe|secr(?:è|e)te)|cl(?:é|e) (?:secr(?:è|e)te|priv(?:é|e)e|d['’]acc(?:è|e)s|d['’ ]?api|api)|jetons?(?: d['’]acc(?:è|e)s)?|code secret|identifiants?",
	'contrase(?:ñ|n\\u0303?|nh|ni)as?|clave(?: (?:secreta|privada|de acceso|api|de api))?|frase (?:de contraseña|secreta)|credencial(?:es)?|secreto|llave (?:secreta|privada)',
	'has(?:ł|l)[oa](?:mi|em)?|sekret|tajny klucz|klucz (?:prywatny|tajny|api|dost(?:ę|e)pu)|kod dost(?:ę|e)pu|has(?:ł|l)em',
	'senhas?|heslo|wachtwoord|l(?:ö|o)senord|salasana|parola|пароль|秘密|密码|パスワード',
];

const weak: readonly string[] = [
	'auth',
	'keys?',
	'codes?',
	'sid',
	'sig',
	'signature',
	'community',
	'salt',
	'seed',
	'dsn',
];

const rest: readonly string[] = [
	'(?:proxy-)?authorization',
	'(?:set-)?cookies?2?',
	'mnemonic',
	`(?:seed|recovery)${gap}phrase`,
	`(?:recovery|backup|scratch|rescue)${gap}codes`,
];

/** What stands between a name and its value in sentences, in the same languages. */
export const ownerWords = 'on|at|for|of|użytkownika|konta|von|für|fuer|de|du|del|pour|para|dla|do';
export const verbs =
	'is|was|are|were|has been|have been|will be|ist|sind|war|lautet|wurde|est|sont|était|es|son|era|jest|(?<=(?:has[łl]o|klucz|kod)(?: (?:dla|do|użytkownika|konta) \\S{1,40})?[ ]{1,4})to|są|brzmi|equals';
export const adverbs =
	'now|set|changed|reset|updated|simply|just|currently|jetzt|nun|maintenant|ahora|teraz|auf|gesetzt|geändert';
export const prepositions = 'to|auf|as|à|en|na';
export const arrows = '≔|⇒|→';

const all = (words: readonly string[]) => words.join('|');
/** One expression finds them all, in lower case; which group it was says the kind. */
export const secretWords = new RegExp(`(${all(rest)})|(${all(strong)})|(${all(weak)})`, 'g');

/** In a line without any of these, in lower case, no word for a secret stands. Made of the beginnings of the words above. */
export const mayNameSecret =
	/pass|pw|secr|token|cred|key|psk|ps[cw]|jwt|otp|bearer|code|hash|communit|connection|_pat|auth|kennw|zugang|geheim|losung|schl|mdp|phrase|cl[ée] |jeton|identifiant|contrase|clave|llave|has[łl]|sekret|klucz|kod |senha|heslo|wacht|senord|salasana|parola|пароль|秘密|密码|パスワード|cookie|mnemonic|sid|sig|pin|puk|salt|seed|dsn/;

/** What the end of a name says of its value: where a secret lies, how long it is, how it is called; and no secret. */
const harmlessEnd =
	/^[-_. ]?(?:file(?:name)?|path|dir|url|uri|endpoint|ttl|exp(?:ir\w*)?|expires?[-_]?(?:in|at|on)?|lifetime|duration|time(?:out|stamp)?|at|on|type|kind|count|counts|limit|limits?|len(?:gth)?|min\w*|max\w*|age|polic(?:y|ies)|name|names|ids?|field|fields|prompt|hint|auth(?:entication)?|attempts?|retr(?:y|ies)|rotat\w*|chang\w*|status|state|enabled|disabled|required|version|alg\w*|size|mode|source|ref|bits|format|managers?|store|provider|service|issuer|audience|scopes?|used|usages?|budget|bucket|rate|per\w*|window|reset|history|lock\w*|fail\w*|err\w*|valid\w*|check\w*|verif\w*|complexity|strength|cache|handler|length|based|less|exists?|present|set|stdin|agent|exchange|agreement|rings?|board|space|map|spec|param\w*|number|index|event|permissions?|group|user(?:name)?|owner|host|method|methods|missing|ok|created|updated|renew\w*|refresh[-_]?(?:interval|after)|ly|ary|through|word[-_]auth\w*|[0-9]{0,2}size|key[-_]?ref|\w{0,40}[-_](?:supported|methods?))$/i;

/** Before a word, in one name with it: counters, tools and other things that are no secret. */
const harmlessStart =
	/(?:^|[-_. ])(?:no|max|min|num|total|prompt|completion|input|output|count|cached|used|remaining|reserved|public|pub|host|primary|foreign|partition|cache|sort|row|object|index|routing|idempotency|translation|config|dedup\w*|exit|status|error|err|return|response|http|country|postal|zip|area|color|source|byte|op|reason|language|lang|currency|product|test|get|ask|trusted|known|keyboard|key|hot|short)[-_. ]?$/i;

/** The same in camelCase. */
const harmlessPart = /(?:Host|Public|Pub|Primary|Foreign|Cache|Partition|Routing|Sort|Exit|Status|Error|Return)$/;

/** Other words that hold one of ours. */
const otherWords =
	/^sec-websocket-\w+|^pin[-_]?sha\d|^(?:by|com|tres|en|sur|under|over|im|cross|tom|multi|encom|outpass|eye)pass|^passiv|^passage|^passeng|^passing|^passed|^passes|^passport|^nopasswd|^ssh_askpass|^tokeni[sz]|^secretar|^monkey|^turkey|^keyboard|^keywords?|^codec|^coded|^encod|^decod|^unicode|^barcode|^opcode|^hashicorp|^hashed|^pint|^pine|^ping|^spin|^pinned|^signal|^signed|^pattern|^path|^patch|^passthrough|^sessions?[-_]?id$|^authori[sz]ed[-_]?keys|^author(?!i[sz]ation)|^authent|^login(?:s|shell)|^compat|^enclave|^autoclave|^conclave/i;

/** Words that name nothing else than a secret: what stands before them in a name changes nothing. */
const hasOneMeaning = /^(?!.*(?:keys?|keybase|codes?|hash)$)/;
const publicStart = /(?:^|[-_. ])(?:public|pub)[-_. ]?$|Pub(?:lic)?$/i;
/** The token of a public key names an assembly of .NET. */
const keyStart = /public[-_. ]?key[-_. ]?$/i;
/** Ends that make another word of it: secretary, passthrough. */
const grown = /^(?:ly|ary|through|ive|gen|scan|sign)(?![a-z])/i;
const exception = /^[A-Z]?[A-Za-z]{0,40}(?:Exception|Error)$/;
/** What is done with a secret, with the secret itself as the value. */
const done = /^[-_. ]?(?:verif|check|valid|reset|chang|rotat|set$|used$|history)/i;

/** What a whole name says: of a secret, of something about one (its value has to look chosen to be one), or of something else. */
type Meaning = 'secret' | 'about a secret' | 'other';

type Parts = { readonly before: string; readonly word: string; readonly after: string; readonly kind: NameKind };

/** `before` may reach back over a blank; `whole` is the name, the word begins at `at` in it. */
export function meaningOf({ before, word, after, kind }: Parts, whole: string, at: number): Meaning {
	if (/(?:access|private)[-_]?key[-_]?id$/i.test(whole)) return 'secret';
	// A longer word that holds ours, not one that stands before it.
	const other = otherWords.exec(whole);
	if ((other !== null && other[0].length > at) || grown.test(after) || exception.test(after)) return 'other';
	if (kind !== 'strong')
		return harmlessPart.test(before) || harmlessEnd.test(after) || harmlessStart.test(before) ? 'other' : 'secret';
	if (word === 'token' && keyStart.test(before)) return 'other';
	if (!hasOneMeaning.test(word) && publicStart.test(before)) return 'other';
	if (!harmlessEnd.test(after)) return 'secret';
	return done.test(after) ? 'secret' : 'about a secret';
}

/** Names that count: a bare number beside them is no secret. */
export const countsSomething =
	/^(?:pass|pw)$|^(?:max|min|num|no|total)[-_.]|(?:verif|check|valid|reset|chang|rotat)\w*$|(?:tokens|secrets|keys?|passwords|credentials|cookies|codes|creds|sessions|hash|nonce)$/i;
