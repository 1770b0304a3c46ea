/** Under which addresses other devices find this machine. */

import { hostname, networkInterfaces, type NetworkInterfaceInfo } from 'node:os';

/** Names of interfaces behind which there are containers or virtual machines, and seldom another device. */
const virtual = /^(?:docker|br-|veth|virbr|vmnet|vboxnet|utun|tun|tap)/;

/** Whether other devices can ask for it: neither the loopback nor an address that holds on one link alone. */
const isReachable = ({ internal, address }: NetworkInterfaceInfo) => !internal && !/^(?:169\.254\.|fe80:)/i.test(address);

/** The IPv4 addresses of this machine, or if it has none its IPv6 ones; those most likely of use first. */
export function networkAddresses(interfaces = networkInterfaces()): readonly string[] {
  const found = Object.entries(interfaces)
    .flatMap(([name, infos = []]) =>
      infos.filter(isReachable).map(({ family, address }) => ({ isVirtual: virtual.test(name), family, address })),
    )
    .sort((a, b) => Number(a.isVirtual) - Number(b.isVirtual));
  const of = (wanted: string) => found.filter(({ family }) => family === wanted).map(({ address }) => address);
  const v4 = of('IPv4');
  return v4.length > 0 ? v4 : of('IPv6');
}

/** The names under which a network with multicast DNS may know this machine. */
export function machineNames(name = hostname()): readonly string[] {
  const [first = ''] = name.toLowerCase().split('.');
  return /^[a-z0-9-]+$/.test(first) && first !== 'localhost' ? [`${first}.local`, first] : [];
}

/** As a URL has it. */
export const urlHost = (address: string) => (address.includes(':') ? `[${address}]` : address);
