/** The certificate with which a machine without a name of its own serves https: made here, and kept, so that devices accept it once. */

import { X509Certificate } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { generate } from 'selfsigned';

export interface Certificate {
  /** PEM. */
  readonly key: string;
  /** PEM. */
  readonly cert: string;
}

const DAY_MS = 24 * 60 * 60 * 1000;
/** Browsers refuse certificates that are valid for much longer than a year. */
const DAYS = 365;
/** One that ends within these is made anew. */
const LEAST_DAYS = 7;

const KEY_FILE = 'key.pem';
const CERTIFICATE_FILE = 'cert.pem';

/** Whether a certificate can be read, and is good for all hosts, for some time yet. */
function serves(cert: string, hosts: readonly string[]): boolean {
  let certificate;
  try {
    certificate = new X509Certificate(cert);
  } catch {
    return false;
  }
  const left = Date.parse(certificate.validTo) - Date.now();
  return left > LEAST_DAYS * DAY_MS && hosts.every((host) => (isIP(host) ? certificate.checkIP(host) : certificate.checkHost(host)));
}

async function make(hosts: readonly string[]): Promise<Certificate> {
  const altNames = hosts.map((host) => (isIP(host) ? ({ type: 7, ip: host } as const) : ({ type: 2, value: host } as const)));
  const { private: key, cert } = await generate([{ name: 'commonName', value: 'sparkmesh' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    notAfterDate: new Date(Date.now() + DAYS * DAY_MS),
    extensions: [
      { name: 'basicConstraints', cA: false, critical: true },
      { name: 'keyUsage', digitalSignature: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      { name: 'subjectAltName', altNames },
    ],
  });
  return { key, cert };
}

/**
 * The certificate of this machine, signed by itself: the one kept in `folder`, or a new one where that is not good for all of the
 * hosts or soon ends. Only the owner can read its key.
 * @param hosts names and IP addresses.
 */
export async function ensureCertificate(hosts: readonly string[], folder: string): Promise<Certificate> {
  const read = (name: string) => readFile(join(folder, name), 'utf8').catch(() => null);
  const [key, cert] = [await read(KEY_FILE), await read(CERTIFICATE_FILE)];
  if (key !== null && cert !== null && serves(cert, hosts)) return { key, cert };
  const made = await make(hosts);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, KEY_FILE), made.key, { mode: 0o600 });
  await writeFile(join(folder, CERTIFICATE_FILE), made.cert);
  return made;
}

/** What a browser shows of a certificate, to compare by eye. */
export const fingerprintOf = ({ cert }: Certificate): string => new X509Certificate(cert).fingerprint256;
