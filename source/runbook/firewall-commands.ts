import type { FixContext } from './fix-context.ts';

/**
 * More ways to let the connector in than the steps of a row have room for: rules of the target, of its cloud, and of the connector
 * host, with the connector's real address and the Safe's port. To be copied; vpmon runs none of them. Sources: iptables(8),
 * ufw(8), AWS CLI `ec2 authorize-security-group-ingress`, Azure CLI `network nsg rule create`, `gcloud compute firewall-rules create`.
 */
export function firewallCommands({ sourceAddress, safe, connector }: FixContext): string[] {
	const address = sourceAddress ?? `<address of ${connector.name}>`;
	const isV6 = address.includes(':');
	const [port, target] = [safe?.port ?? 22, safe?.host ?? '<target>'];
	const range = `${address}/${isV6 ? 128 : 32}`;
	return [
		`iptables, on the target: sudo ${isV6 ? 'ip6tables' : 'iptables'} -I INPUT -p tcp -s ${address} --dport ${port} -j ACCEPT`,
		`AWS security group of the target: aws ec2 authorize-security-group-ingress --group-id <group> --ip-permissions "IpProtocol=tcp,FromPort=${port},ToPort=${port},${isV6 ? `Ipv6Ranges=[{CidrIpv6=${range}}]` : `IpRanges=[{CidrIp=${range}}]`}"`,
		`Azure: az network nsg rule create --resource-group <group> --nsg-name <nsg> --name ssh-from-vaultpam --priority 200 --access Allow --protocol Tcp --source-address-prefixes ${range} --destination-port-ranges ${port}`,
		`Google Cloud: gcloud compute firewall-rules create ssh-from-vaultpam --network <network> --allow tcp:${port} --source-ranges ${range}`,
		`on the host of ${connector.name}, where it filters what leaves: sudo ufw allow out to ${target} port ${port} proto tcp`,
	];
}
