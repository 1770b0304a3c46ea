import { X509Certificate } from 'node:crypto';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir, type NetworkInterfaceInfo } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { machineNames, networkAddresses, urlHost } from './addresses.ts';
import { ensureCertificate, fingerprintOf } from './certificate.ts';

const at = (address: string, internal = false): NetworkInterfaceInfo => {
  const common = { address, netmask: '', mac: '', internal, cidr: null };
  return address.includes(':') ? { ...common, family: 'IPv6', scopeid: 0 } : { ...common, family: 'IPv4' };
};

test('names the addresses of other devices’ networks, real interfaces first', () => {
  const v4 = {
    lo: [at('127.0.0.1', true)],
    docker0: [at('172.17.0.1')],
    wlan0: [at('192.0.2.7'), at('2001:db8::7')],
    usb0: [at('169.254.3.4')],
  };
  expect(networkAddresses(v4)).toEqual(['192.0.2.7', '172.17.0.1']);
  expect(networkAddresses({ wlan0: [at('fe80::1'), at('2001:db8::7')] })).toEqual(['2001:db8::7']);
  expect(networkAddresses({ lo: [at('127.0.0.1', true)] })).toEqual([]);
  expect(['192.0.2.7', '2001:db8::7'].map(urlHost)).toEqual(['192.0.2.7', '[2001:db8::7]']);
});

test('knows a machine by its name alone and by multicast DNS', () => {
  expect(machineNames('Desk.fritz.box')).toEqual(['desk.local', 'desk']);
  expect(machineNames('localhost')).toEqual([]);
});

describe('the certificate', () => {
  const hosts = ['localhost', '127.0.0.1', '::1', 'desk.local'];
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sparkmesh-certificate-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  test('is for all hosts, of this key, for a year, and only its owner can read the key', async () => {
    const certificate = await ensureCertificate(hosts, folder);
    const parsed = new X509Certificate(certificate.cert);
    expect(hosts.map((host) => parsed.checkHost(host) ?? parsed.checkIP(host))).toEqual(hosts);
    expect(parsed.checkHost('other.local')).toBeUndefined();
    expect((Date.parse(parsed.validTo) - Date.parse(parsed.validFrom)) / 86_400_000).toBeCloseTo(365, 0);
    if (process.platform !== 'win32') expect((await stat(join(folder, 'key.pem'))).mode & 0o777).toBe(0o600);
  });

  test('stays the same until another host is to be served, or it cannot be read', async () => {
    const one = fingerprintOf(await ensureCertificate(hosts, folder));
    expect(fingerprintOf(await ensureCertificate(hosts.slice(1), folder))).toBe(one);
    const other = fingerprintOf(await ensureCertificate([...hosts, '192.0.2.7'], folder));
    expect(other).not.toBe(one);
    await writeFile(join(folder, 'cert.pem'), (await readFile(join(folder, 'cert.pem'), 'utf8')).slice(0, 200));
    expect(fingerprintOf(await ensureCertificate(hosts, folder))).not.toBe(other);
  });
});
