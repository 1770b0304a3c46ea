import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodePairCode, encodePairCode, PairCodeError, type PairMessage } from './pairCode.ts';

const id = fc.stringMatching(/^[A-Za-z0-9_-]{8,64}$/);
const message: fc.Arbitrary<PairMessage> = fc.record({
  type: fc.constantFrom('offer', 'answer'),
  from: id,
  to: id,
  sdp: fc.string({ maxLength: 3000, unit: 'binary' }),
});

const other = ({ type }: PairMessage) => (type === 'offer' ? 'answer' : 'offer');

describe('the codes of two devices', () => {
  it('come back as they were, also in a link or with the line ends of mail', () =>
    fc.assert(
      fc.asyncProperty(message, fc.nat(), async (given, at) => {
        const code = await encodePairCode(given);
        expect(code).toMatch(/^[\w-]+$/);
        const cut = at % code.length;
        const mailed = `https://mesh.example/?own=#pair.${code.slice(0, cut)}\r\n ${code.slice(cut)}\n`;
        for (const text of [code, mailed]) expect(await decodePairCode(text, given.type)).toEqual(given);
        await expect(decodePairCode(code, other(given))).rejects.toThrow(PairCodeError);
      }),
      { numRuns: 50 },
    ));

  it('are refused in a sentence where they are cut, changed or something else', () =>
    fc.assert(
      fc.asyncProperty(message, fc.nat(), fc.string(), async (given, at, noise) => {
        const code = await encodePairCode(given);
        for (const text of [code.slice(0, at % code.length), noise, `${code.slice(0, at % code.length)}*${code.slice(at % code.length)}`]) {
          await expect(decodePairCode(text, given.type)).rejects.toThrow(/^That is no whole/);
        }
      }),
      { numRuns: 50 },
    ));

  it('cannot make a page take more than a little memory', async () => {
    const bomb = await new Response(
      new Blob([new Uint8Array(8 * 1024 * 1024)]).stream().pipeThrough(new CompressionStream('deflate-raw')),
    ).arrayBuffer();
    const code = Buffer.from(bomb).toString('base64url');
    expect(code.length).toBeLessThan(16 * 1024);
    await expect(decodePairCode(code, 'offer')).rejects.toThrow(/^That is no whole offer/);
  });
});
