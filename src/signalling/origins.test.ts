import { expect, test } from 'vitest';
import { askerOf } from './origins.ts';

const asker = (remoteAddress: string, forwarded?: string) =>
  askerOf({ socket: { remoteAddress }, headers: forwarded === undefined ? {} : { 'x-forwarded-for': forwarded } });

test.each(['127.0.0.1', '::1', '::ffff:127.0.0.1'])('a proxy on this machine (%s) is believed in the entry that it has added', (proxy) => {
  expect(asker(proxy, '192.0.2.1')).toBe('192.0.2.1');
  expect(asker(proxy, '203.0.113.9, 192.0.2.1')).toBe('192.0.2.1');
  expect(asker(proxy, '2001:db8:0:1::7')).toBe('2001:db8:0:1');
});

test.each(['198.51.100.4', '::ffff:198.51.100.4', '10.0.0.7', '2001:db8::5'])(
  'anyone else (%s) is who the socket says, whatever they claim',
  (from) => {
    const known = asker(from);
    expect(asker(from, '192.0.2.1')).toBe(known);
    expect(asker(from, '127.0.0.1')).toBe(known);
    expect(asker('127.0.0.1')).not.toBe(known);
  },
);

test('what is no address is not believed of a proxy either', () => {
  for (const claimed of ['', 'unknown', '192.0.2.1:4000', '192.0.2.1,']) expect(asker('127.0.0.1', claimed)).toBe(asker('127.0.0.1'));
});
