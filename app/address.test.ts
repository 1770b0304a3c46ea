import { describe, expect, it } from 'vitest';
import { readAddress, withBackend } from './address.ts';

describe('readAddress', () => {
  it('has defaults', () => {
    expect(readAddress('http://localhost:5173/')).toEqual({
      room: 'main',
      backend: 'auto',
      invitation: 'http://localhost:5173/?room=main',
    });
  });

  it('reads room and backend, and invites to the room without the backend', () => {
    expect(readAddress('https://mesh.example/app/?room=class-9b&backend=wasm&signal=wss://s.example#top')).toEqual({
      room: 'class-9b',
      backend: 'wasm',
      invitation: 'https://mesh.example/app/?room=class-9b&signal=wss%3A%2F%2Fs.example',
    });
  });

  it.each(['', 'a b', 'é', 'x'.repeat(65), '<b>'])('refuses the room name %j', (name) => {
    expect(readAddress(`http://localhost/?room=${encodeURIComponent(name)}`).room).toBeNull();
  });

  it('takes an unknown backend for auto', () => {
    expect(readAddress('http://localhost/?backend=quantum').backend).toBe('auto');
  });
});

describe('withBackend', () => {
  it('sets and removes the backend and keeps the rest', () => {
    expect(withBackend('http://localhost/?room=r', 'cpu')).toBe('http://localhost/?room=r&backend=cpu');
    expect(withBackend('http://localhost/?room=r&backend=cpu', 'auto')).toBe('http://localhost/?room=r');
  });
});
