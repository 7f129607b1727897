/**
 * Tokens that are known by what their vendor puts in front of them. The facts are those of three lists that others keep: secretlint's
 * preset (held equal by test/redact/secrets/vendor-tokens.test.ts), gitleaks' config/gitleaks.toml (8.x) and the plugins of
 * detect-secrets (1.5); what has no name there comes from the vendor's own pages. One entry a prefix: who gives it out, how it begins,
 * and how it goes on.
 */
type TokenShape = readonly [vendor: string, source: Source, prefix: string, rest: string];
type Source = 'secretlint' | 'gitleaks' | 'detect-secrets' | 'vendor';

const word = '[A-Za-z0-9]';
const wide = String.raw`[\w-]`;

const tokenShapes: readonly TokenShape[] = [
	// JSON Web Tokens (RFC 7519: base64url of '{"' is eyJ), whole, cut or encrypted (RFC 7516); macaroons.
	[
		'JWT',
		'detect-secrets',
		String.raw`(?<![\w-])eyJ`,
		String.raw`[\w-]{5,4000}\.[\w-]{5,8000}(?:\.[\w-]{0,8000}){0,3}`,
	],
	['macaroon', 'vendor', 'MDA', String.raw`[\w-]{2}(?:bG9jYXRpb24|aWRlbnRpZmll)[\w-]{20,2000}`],
	// Clouds.
	[
		'AWS',
		'secretlint',
		'(?:A3T[A-Z0-9]|AKIA|ASIA|AGPA|AIDA|AROA|AIPA|ANPA|ANVA|ABIA|ACCA)',
		String.raw`[A-Z0-9]{16}\b`,
	],
	['AWS Bedrock', 'gitleaks', '(?:ABSK|bedrock-api-key-)', '[A-Za-z0-9+/]{40,400}={0,2}'],
	['Google API', 'gitleaks', 'AIza', `${wide}{35}`],
	['Google OAuth', 'vendor', String.raw`(?:ya29\.|1//0)`, `${wide}{20,2000}`],
	['Google Cloud Storage', 'vendor', 'GOOG1E', '[A-Z0-9]{55}'],
	['Google OAuth client', 'vendor', 'GOCSPX-', `${wide}{20,60}`],
	['Alibaba', 'gitleaks', 'LTAI', `${word}{12,30}`],
	['DigitalOcean', 'gitleaks', 'do[opr]_v1_', '[0-9a-f]{64}'],
	['Yandex', 'gitleaks', '(?:AQVN|YC)', String.raw`(?=[\w-]{0,60}\d)[\w-]{35,40}\b`],
	['Fly.io', 'gitleaks', '(?:fo1|fm1[ar]|fm2)_', String.raw`[\w+/-]{30,2000}={0,3}`],
	['Heroku', 'gitleaks', 'HRKU-', `${wide}{30,80}`],
	['Scalingo', 'gitleaks', 'tk-us-', `${wide}{40,60}`],
	['Cloudflare', 'secretlint', 'cf(?:k|ut|at)_', `${wide}{20,120}`],
	['Cloudflare origin', 'gitleaks', String.raw`v1\.0-`, '[0-9a-f]{24}-[0-9a-f]{146}'],
	['Vercel', 'secretlint', 'vc[ipark]_', `${word}{20,80}`],
	['Netlify', 'vendor', 'nfp_', `${word}{30,60}`],
	['Render', 'vendor', 'rnd_', `${word}{24,60}`],
	['Supabase', 'vendor', 'sb[ps]_(?:secret_)?', String.raw`(?=\w{0,60}\d)\w{24,60}`],
	// Forges and registries.
	['GitHub', 'secretlint', 'gh[pousr]_', `(?:[0-9]{1,20}_${wide}{1,1000}\\.[\\w.-]{1,10000}|[A-Za-z0-9_]{20,255})`],
	['GitHub', 'secretlint', 'github_pat_', String.raw`\w{20,255}`],
	['GitLab', 'secretlint', 'gl(?:pat|ptt|rt|rtr|dt|soat|ft|cbt|oas|agent|imt|ffct|wt)-', String.raw`[\w.-]{16,400}`],
	['GitLab runner', 'gitleaks', 'GR1348941', `${wide}{20,60}`],
	['Bitbucket', 'vendor', '(?:ATBB|ATCTT3xFfG)', `${wide}{20,300}=?`],
	['npm', 'secretlint', 'npm_', '[A-Za-z0-9_]{30,60}'],
	['PyPI', 'gitleaks', 'pypi-', `${wide}{50,1000}`],
	['RubyGems', 'gitleaks', 'rubygems_', '[a-f0-9]{40,60}'],
	['crates.io', 'vendor', 'cio', String.raw`[A-Za-z0-9]{32}\b`],
	['NuGet', 'vendor', 'oy2', String.raw`[a-z0-9]{43}\b`],
	['Clojars', 'gitleaks', 'CLOJARS_', `${word}{40,80}`],
	['Docker', 'secretlint', 'dckr_(?:pat|oat)_', `${wide}{20,60}`],
	['Artifactory', 'gitleaks', '(?:AKCp|cmVmd)', `${word}{40,80}`],
	['SonarQube', 'gitleaks', 'sq[apu]_', `[a-z0-9]{40}`],
	['Sourcegraph', 'gitleaks', 'sgp_', String.raw`\w{40,80}`],
	['Buildkite', 'vendor', 'bk(?:ua|aj|ct)_', `${word}{20,80}`],
	['CircleCI', 'vendor', 'CCI(?:PAT|PRJ)_', String.raw`\w{30,100}`],
	['Terraform', 'gitleaks', String.raw`${word}{14}\.atlasv1\.`, '[\\w=-]{40,80}'],
	['Pulumi', 'gitleaks', 'pul-', '[a-f0-9]{40}'],
	['Infracost', 'gitleaks', 'ico-', `${word}{32}`],
	['Harness', 'gitleaks', String.raw`[ps]at\.`, String.raw`[\w-]{22}\.${word}{24}\.${word}{20}`],
	['Octopus Deploy', 'gitleaks', 'API-', String.raw`[A-Z0-9]{25,40}\b`],
	['Prefect', 'gitleaks', 'pn[bu]_', `${word}{36}`],
	// Vaults, meshes, identity.
	['Vault', 'secretlint', String.raw`hv[bsr]\.`, `${wide}{20,400}`],
	[
		'Vault, before 1.10',
		'gitleaks',
		String.raw`[sbr]\.`,
		String.raw`(?=[A-Za-z0-9]{0,24}\d)(?=[A-Za-z0-9]{0,24}[A-Z])[A-Za-z0-9]{24}\b`,
	],
	['Tailscale', 'secretlint', 'tskey-', String.raw`\w{2,20}-[\w-]{10,120}`],
	['Nebula', 'gitleaks', 'dnkey-', `${wide}{40,120}`],
	['Doppler', 'gitleaks', String.raw`dp\.(?:pt|st|ct|scim|sa|audit)\.`, String.raw`[\w.-]{30,80}`],
	['1Password', 'secretlint', 'ops_eyJ', '[\\w+/=-]{60,4000}'],
	['1Password', 'secretlint', 'A3-', String.raw`[A-Z0-9]{6}-[A-Z0-9]{5,11}(?:-[A-Z0-9]{5,10}){3,4}\b`],
	['Bitwarden', 'vendor', String.raw`0\.[0-9a-f]{8}-[0-9a-f-]{27}\.`, '[\\w+/=:]{30,200}'],
	[
		'Authress',
		'gitleaks',
		'(?:sc|ext|scauth|authress)_',
		String.raw`[a-z0-9]{5,30}\.[a-z0-9]{4,6}\.acc[_-][a-z0-9-]{10,32}\.[a-z0-9+/_=-]{30,120}`,
	],
	['42 Intra', 'gitleaks', 's-s4t2(?:ud|af)-', '[0-9a-f]{64}'],
	[
		'Kubernetes, kubeadm',
		'vendor',
		String.raw`(?<![\w.-])`,
		String.raw`(?=[a-z]{0,5}\d)[a-z0-9]{6}\.(?=(?:[a-z]{0,14}\d){2})[a-z0-9]{16}(?![\w.-])`,
	],
	['age', 'gitleaks', 'AGE-SECRET-KEY-1', '[A-Z0-9]{50,60}'],
	['OpenShift', 'gitleaks', 'sha256~', `${wide}{43}`],
	['Teleport, Boundary', 'vendor', '(?:at|s)_', `${word}{10}_s1${word}{60,300}`],
	// Chat and mail.
	['Slack', 'secretlint', String.raw`x(?:ox[abceoprs]|app)(?:\.xox[bp])?-`, `${wide}{10,400}`],
	['SendGrid', 'secretlint', String.raw`SG\.`, String.raw`[\w-]{16,128}\.[\w-]{16,128}`],
	['Mailgun', 'gitleaks', 'key-', String.raw`[0-9a-f]{32}\b`],
	['Sendinblue', 'gitleaks', 'xkeysib-', `[a-f0-9]{40,80}-${word}{16}`],
	['Mailchimp', 'detect-secrets', '[0-9a-f]{32}-us', String.raw`\d{1,2}\b`],
	['Telegram', 'detect-secrets', String.raw`(?:bot)?\d{8,10}:A`, String.raw`[\w-]{34}(?![\w-])`],
	['Discord', 'detect-secrets', '[MNO]', String.raw`[\w-]{23,27}\.[\w-]{6}\.[\w-]{27,40}`],
	['Twilio', 'detect-secrets', '(?:SK|AC)', String.raw`[0-9a-f]{32}\b`],
	// Metrics and logs.
	['Grafana', 'secretlint', 'gls?[ac]_', String.raw`[\w+/=-]{20,400}`],
	['Grafana, before 9', 'gitleaks', 'eyJrIjoi', `${word}{40,400}={0,3}`],
	['New Relic', 'gitleaks', 'NR(?:AK|AL|II|JS|RA)-', `${wide}{19,40}`],
	['Datadog', 'vendor', 'dd(?:api|app|pat)_', String.raw`\w{20,80}`],
	['Dynatrace', 'gitleaks', String.raw`dt0[a-z]\d\d\.`, String.raw`[A-Z0-9]{8,24}\.[A-Z0-9]{40,64}`],
	['Sentry', 'gitleaks', 'sntry[su]_', String.raw`[\w+/=]{40,500}`],
	['Databricks', 'secretlint', 'dapi', String.raw`[0-9a-fA-F]{32}(?:-\d)?\b`],
	['ClickHouse', 'gitleaks', '4b1d', String.raw`(?=[a-z0-9]{0,38}[A-Z])[A-Za-z0-9]{38}\b`],
	['PlanetScale', 'gitleaks', 'pscale_(?:tkn|oauth|pw)_', String.raw`[\w=.-]{32,64}`],
	['Airtable', 'gitleaks', 'pat', String.raw`[A-Za-z0-9]{14}\.[a-f0-9]{64}\b`],
	['Confluent', 'vendor', 'cflt', String.raw`[\w+/-]{40,80}`],
	// Assistants, trackers, shops, designs.
	// Of letters in both cases and digits: sk-bratislava-db-primary-01 is a host.
	[
		'OpenAI, Anthropic',
		'secretlint',
		'sk-',
		String.raw`(?=[\w-]{0,400}[A-Z])(?=[\w-]{0,400}[a-z])(?=[\w-]{0,400}\d)[\w-]{20,400}`,
	],
	['Stripe', 'secretlint', '[spr]k_(?:live|test|prod)_', `${word}{10,255}`],
	['Stripe webhook', 'vendor', 'whsec_', '[A-Za-z0-9+/=]{16,255}'],
	['Groq', 'secretlint', 'gsk_', `${word}{40,80}`],
	['xAI', 'vendor', 'xai-', `${word}{40,120}`],
	['Perplexity', 'gitleaks', 'pplx-', `${word}{40,80}`],
	['Replicate', 'vendor', 'r8_', `${word}{30,60}`],
	['Hugging Face', 'secretlint', '(?:hf|api_org)_', `${word}{30,60}`],
	['Linear', 'secretlint', 'lin_(?:api|oauth)_', '[A-Za-z0-9_]{30,128}'],
	['Notion', 'secretlint', '(?:ntn|secret)_', `${word}{40,60}`],
	['Atlassian', 'gitleaks', 'ATATT3', String.raw`[\w=-]{40,400}`],
	['Figma', 'secretlint', 'fig[dour]_', `${wide}{20,200}`],
	['Shopify', 'secretlint', 'shp(?:at|ca|pa|ss|tka)_', `${word}{32,64}`],
	['Square', 'gitleaks', 'sq0[a-z]{3}-', String.raw`[\w\\-]{22,60}`],
	[
		'PayPal, Braintree',
		'vendor',
		String.raw`access_token\$(?:production|sandbox)\$`,
		String.raw`[0-9a-z]{16}\$[0-9a-f]{32}`,
	],
	['Facebook', 'gitleaks', 'EAA[MC]', `${word}{60,400}`],
	['Flutterwave', 'gitleaks', 'FLWSECK(?:_TEST)?-', `${word}{12,40}(?:-X)?`],
	['Shippo', 'gitleaks', 'shippo_(?:live|test)_', '[a-fA-F0-9]{40}'],
	['EasyPost', 'gitleaks', 'EZ[AT]K', `${word}{54}`],
	['Duffel', 'gitleaks', 'duffel_(?:test|live)_', String.raw`[\w=-]{30,60}`],
	['Frame.io', 'gitleaks', 'fio-u-', String.raw`[\w=-]{40,80}`],
	['Postman', 'gitleaks', 'PMAK-', '[a-f0-9]{24}-[a-f0-9]{34}'],
	['ReadMe', 'gitleaks', 'rdme_', '[a-z0-9]{60,80}'],
	['Typeform', 'gitleaks', 'tfp_', String.raw`[\w.=-]{40,80}`],
	['MaxMind', 'gitleaks', `${word}{6}_`, String.raw`[A-Za-z0-9]{29}_mmk\b`],
	['SettleMint', 'gitleaks', 'sm_[aps]at_', `${word}{16}`],
	['Adobe', 'gitleaks', 'p8e-', `${word}{32}`],
	['Mapbox', 'gitleaks', String.raw`[ps]k\.eyJ`, String.raw`[\w-]{20,200}\.[\w-]{20,60}`],
	['Azure AD', 'gitleaks', String.raw`[\w~.]{3}\dQ~`, String.raw`[\w~.-]{31,34}`],
	// URLs that are a secret as a whole.
	[
		'Slack',
		'secretlint',
		String.raw`(?<=hooks\.slack\.com\/(?:services|workflows|triggers)\/)`,
		String.raw`[\w/-]{20,200}`,
	],
	['Teams', 'gitleaks', String.raw`(?<=\.webhook\.office\.com\/webhookb2\/)`, String.raw`[\w@/-]{40,300}`],
	['Teams', 'vendor', String.raw`(?<=outlook\.office\.com\/webhook\/)`, String.raw`[\w@/-]{40,300}`],
	['Discord', 'vendor', String.raw`(?<=discord(?:app)?\.com\/api\/webhooks\/)`, String.raw`\d{10,24}\/[\w-]{30,100}`],
	[
		'Google Chat',
		'vendor',
		String.raw`(?<=chat\.googleapis\.com\/v1\/spaces\/[\w-]{1,40}\/messages\?)`,
		String.raw`[\w=&%-]{20,300}`,
	],
];

const anyToken = new RegExp(`(?:${tokenShapes.map(([, , prefix, rest]) => prefix + rest).join('|')})`, 'y');

const shortestToken = 16;
const chunks = /[^\s"'`=,;()[\]{}<>]{16,}/g;
const starts = /(?<![A-Za-z0-9])[A-Za-z0-9]/g;

/** Where tokens stand that are known by their vendor's prefix: looked for where a word begins, in what is long enough. */
export function* findVendorTokens(text: string): Iterable<{ start: number; end: number }> {
	for (const { 0: chunk, index } of text.matchAll(chunks)) {
		let done = index;
		for (const { index: offset } of chunk.matchAll(starts)) {
			const start = index + offset;
			if (start < done || chunk.length - offset < shortestToken) continue;
			anyToken.lastIndex = start;
			if (!anyToken.test(text)) continue;
			done = anyToken.lastIndex;
			yield { start, end: done };
		}
	}
}
