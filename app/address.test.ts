import { describe, expect, it } from 'vitest';
import { logTopics } from '../src/log/log.ts';
import { readAddress, withBackend } from './address.ts';

describe('readAddress', () => {
  it('has defaults', () => {
    expect(readAddress('http://localhost:5173/')).toEqual({
      room: 'main',
      backend: 'auto',
      log: [],
      logProblem: null,
      invitation: 'http://localhost:5173/?room=main',
    });
  });

  it('reads room, backend and log, and invites to the room without what concerns this tab alone', () => {
    expect(readAddress('https://mesh.example/app/?room=class-9b&backend=wasm&log=round,transport&signal=wss://s.example#top')).toEqual({
      room: 'class-9b',
      backend: 'wasm',
      log: ['round', 'transport'],
      logProblem: null,
      invitation: 'https://mesh.example/app/?room=class-9b&signal=wss%3A%2F%2Fs.example',
    });
  });

  it.each(['', 'a b', 'é', 'x'.repeat(65), '<b>'])('refuses the room name %j', (name) => {
    expect(readAddress(`http://localhost/?room=${encodeURIComponent(name)}`)).toBeNull();
  });

  it('takes an unknown backend for auto', () => {
    expect(readAddress('http://localhost/?backend=quantum')?.backend).toBe('auto');
  });
});

describe('the log in the address', () => {
  it('is every topic for all', () => {
    expect(readAddress('http://localhost/?log=all')?.log).toEqual([...logTopics]);
  });

  it.each(['rounds', 'round,', 'round,all'])('is refused with one sentence that says what there is for %j', (text) => {
    const address = readAddress(`http://localhost/?log=${text}`);
    expect(address?.log).toEqual([]);
    expect(address?.logProblem).toMatch(new RegExp(`"${text}".*; use all, or some of ${logTopics.join(', ')}\\.$`));
  });
});

describe('withBackend', () => {
  it('sets and removes the backend and keeps the rest', () => {
    expect(withBackend('http://localhost/?room=r', 'cpu')).toBe('http://localhost/?room=r&backend=cpu');
    expect(withBackend('http://localhost/?room=r&backend=cpu', 'auto')).toBe('http://localhost/?room=r');
  });
});
