import { type FormatRow, given } from './format-row.ts';
import { looksChosen } from './innocent-values.ts';

const isSet = (value: string) =>
	given(value) && !/^(?:off|on|open|restricted|enable[d]?|disable[d]?|\d|version|use-acl\w*)$/i.test(value);

/** Configurations of network devices as they are shown: IOS, Junos, RouterOS; Net-SNMP, RADIUS, wireless. */
export const deviceFormats: readonly FormatRow[] = [
	{
		needs: ['isakmp key', 'tacacs', 'radius'],
		expression:
			/(\b(?:isakmp key|(?:tacacs|radius)(?:-server|\s+server)?\b[^\n]{0,120}?\skey)\s{1,4}(?:\d\s{1,4})?)([^\s"']{3,128})/gi,
		accept: isSet,
	},
	{
		needs: ['message-digest-key'],
		expression: /(\bmessage-digest-key\s+\d{1,3}\s+md5\s+(?:\d\s+)?)([^\s"']{2,128})/gi,
	},
	{
		needs: ['authentication '],
		expression:
			/(\b(?:standby|vrrp|glbp)\s+\d{1,4}\s+authentication\s+(?:text\s+|md5\s+key-string\s+(?:\d\s+)?)?)(?!md5\b)([^\s"']{2,128})/gi,
	},
	{
		needs: ['auth md5', 'auth sha', 'priv aes', 'priv des', 'priv 3des'],
		expression: /(\b(?:auth\s+(?:md5|sha(?:-?\d{3})?)|priv\s+(?:aes|3?des)(?:[ -]?\d{3})?)\s+)([^\s"']{4,128})/gi,
		accept: (value) => isSet(value) && !/^\d{3}$/.test(value),
	},
	{
		needs: ['snmp-server host'],
		expression:
			/(\bsnmp-server host\s+\S{1,128}\s+(?:vrf\s+\S{1,64}\s+)?(?:(?:traps|informs)\s+)?(?:version\s+(?:1|2c|3\s+\w{4,8})\s+)?)(?!version|traps|informs|vrf)([^\s"']{3,128})/gi,
	},
	{
		needs: ['community'],
		expression:
			/(\b(?:r[ow]community6?|snmp(?:-server)?\s+community|trapcommunity|community)\s+)([^\s"'{;:=]{3,64})(?=\s+(?:authorization|default|RO|RW|ipv4|view|clients|\d{1,3}\.|[\da-f]{0,4}:)|\s*(?:\{|$))/gi,
		accept: (value) =>
			isSet(value) && !/^(?:edition|support|server|strings?|members?|version|page|forum|is|not)$/i.test(value),
	},
	{ needs: ['com2sec'], expression: /(\bcom2sec6?\s+\S{1,64}\s+\S{1,128}\s+)([^\s"']{3,64})/gi },
	{ needs: ['snmp community'], expression: /(\/snmp community\b[^\n]{0,120}?\bname=)([^\s"']{3,64})/gi, accept: isSet },
	// Junos marks them itself.
	{ needs: ['secret-data'], expression: /(")([^"\n]{1,400})(?="\s{0,2};?\s{0,4}##\s{0,4}SECRET-DATA)/g },
	{
		needs: ['ascii-text', 'hexadecimal'],
		expression: /(\b(?:ascii-text|hexadecimal)\s+"?)([^\s"';]{4,200})/gi,
		accept: given,
	},
	{ needs: ['radtest'], expression: /(\bradtest\s+(?:-\w+\s+){0,3}\S{1,64}\s+)([^\s"']{3,128})/gi, accept: given },
	{
		needs: ['radtest'],
		expression: /(\bradtest\s+(?:-\w+\s+){0,3}\S{1,64}\s+\S{1,128}\s+\S{1,128}\s+\d{1,5}\s+)([^\s"']{3,128})/gi,
	},
	{ needs: ['iwconfig'], expression: /(\biwconfig\b[^\n]{0,60}?\skey\s+(?:s:)?)([^\s"']{4,64})/gi, accept: isSet },
	{
		needs: ['wpa_passphrase '],
		expression: /(\bwpa_passphrase\s+(?:"[^"\n]{1,64}"|[^\s"=]{1,64})\s+["']?)([^\s"']{8,64})/gi,
		accept: given,
	},
	// chap-secrets of pppd: client, server, secret, addresses.
	{
		needs: ['" *', '"\t*', '" 10.', '" 172.', '" 192.'],
		expression:
			/(^\s{0,8}"?[\w.@-]{1,64}"?[ \t]{1,16}"?[\w.*-]{1,64}"?[ \t]{1,16}")([^"\n]{3,128})(?="[ \t]{1,16}(?:\*|\d{1,3}\.|"))/gm,
		accept: (value) => looksChosen(value, 4),
	},
];
