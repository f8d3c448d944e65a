import { canonicalJson } from '@etag/core';

/** A value that JSON can carry. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

/** A place that two writers changed, each in another way. */
export interface Conflict {
  /** Where, as a JSON Pointer: '/title', '/tags', or '' for the whole. */
  readonly path: string;
  /** What was there before either, undefined where there was nothing; and what each made of it. */
  readonly base: Json | undefined;
  readonly mine: Json | undefined;
  readonly theirs: Json | undefined;
}

/** What comes of two changes to the same value. */
export interface Merged {
  /** Both changes; where they conflict, theirs. */
  readonly value: Json;
  /** Empty when both could be kept. */
  readonly conflicts: readonly Conflict[];
}

/**
 * Merges two changes to a JSON value. Members of objects are merged one by one; an array is one thing, since nobody can tell
 * which of its elements is which.
 *
 * @param base - what both began with
 * @param mine - what I made of it
 * @param theirs - what somebody else made of it, and is current now
 * @see RFC 6901 for the paths of conflicts
 * @example
 * mergeJson({ a: 1, b: 1 }, { a: 2, b: 1 }, { a: 1, b: 3 }); // { value: { a: 2, b: 3 }, conflicts: [] }
 */
export function mergeJson(base: Json, mine: Json, theirs: Json): Merged {
  const conflicts: Conflict[] = [];
  const value = merge('', base, mine, theirs, conflicts);
  return { value: value as Json, conflicts };
}

type Value = Json | undefined;

function merge(path: string, base: Value, mine: Value, theirs: Value, conflicts: Conflict[]): Value {
  if (isEqual(mine, theirs) || isEqual(mine, base)) return theirs;
  if (isEqual(theirs, base)) return mine;
  // What both added is merged like what both changed: from nothing.
  const from = base === undefined ? {} : base;
  if (isObject(from) && isObject(mine) && isObject(theirs)) return mergeMembers(path, from, mine, theirs, conflicts);
  conflicts.push({ path, base, mine, theirs });
  return theirs;
}

function mergeMembers(
  path: string,
  base: JsonObject,
  mine: JsonObject,
  theirs: JsonObject,
  conflicts: Conflict[],
): Json {
  const names = new Set([...Object.keys(theirs), ...Object.keys(mine)]);
  const members: [string, Json][] = [];
  for (const name of names) {
    const at = `${path}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
    const value = merge(at, own(base, name), own(mine, name), own(theirs, name), conflicts);
    if (value !== undefined) members.push([name, value]);
  }
  return Object.fromEntries(members);
}

type JsonObject = { readonly [name: string]: Json };

function isObject(value: Value): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function own(object: JsonObject, name: string): Value {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

/** Whether two values are the same, whatever the order of the members of objects. */
function isEqual(a: Value, b: Value): boolean {
  return a === b || (a !== undefined && b !== undefined && canonicalJson(a) === canonicalJson(b));
}
