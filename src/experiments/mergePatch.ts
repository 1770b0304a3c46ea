/** JSON merge patches (RFC 7396): what a run changes of what its study has in common. */

import { isDeepStrictEqual } from 'node:util';

export type Fields = Readonly<Record<string, unknown>>;

export const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Applies a patch: null takes a field away, fields are applied to the field's own, anything else replaces it. */
export function patched(target: unknown, patch: Fields): Fields {
  const base = isFields(target) ? target : {};
  const changed = Object.entries(patch).flatMap(([name, change]) =>
    change === null ? [] : [[name, isFields(change) ? patched(base[name], change) : change] as const],
  );
  const kept = Object.entries(base).filter(([name]) => patch[name] === undefined);
  return Object.fromEntries([...kept, ...changed]);
}

/** Finds the patch that makes `to` of `from`; neither may hold null. */
export function patchBetween(from: Fields, to: Fields): Fields {
  const gone = Object.keys(from).flatMap((name) => (to[name] === undefined ? [[name, null] as const] : []));
  const changed = Object.entries(to).flatMap(([name, value]) => {
    const old = from[name];
    if (isDeepStrictEqual(old, value)) return [];
    return [[name, isFields(old) && isFields(value) ? patchBetween(old, value) : value] as const];
  });
  return Object.fromEntries([...gone, ...changed]);
}
