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
export interface Merged<T = Json> {
  /** Both changes; where they conflict, theirs. */
  readonly value: T;
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
 * @returns the merged value, and where the two changes conflict
 * @throws TypeError for an object that is not one of JSON, such as a Date
 * @see RFC 6901 for the paths of conflicts
 * @example
 * mergeJson({ a: 1, b: 1 }, { a: 2, b: 1 }, { a: 1, b: 3 }); // { value: { a: 2, b: 3 }, conflicts: [] }
 */
export function mergeJson<T>(base: T, mine: T, theirs: T): Merged<T>;
// To the compiler, an interface is not Json, since members may be added to it.
export function mergeJson(base: Json, mine: Json, theirs: Json): Merged {
  const conflicts: Conflict[] = [];
  const name = namer();
  let root: Value;
  // By hand rather than by recursion: how deep it goes is up to somebody else.
  const places: Place[] = [{ path: '', base, mine, theirs, set: (value) => (root = value) }];
  for (let place = places.pop(); place; place = places.pop()) {
    const [ofBase, ofMine, ofTheirs] = [name(place.base), name(place.mine), name(place.theirs)];
    if (ofMine === ofTheirs || ofMine === ofBase) place.set(place.theirs);
    else if (ofTheirs === ofBase) place.set(place.mine);
    else if (!mergeMembers(place, places)) {
      const { set, ...conflict } = place;
      conflicts.push(conflict);
      set(place.theirs);
    }
  }
  return { value: root as Json, conflicts };
}

type Value = Json | undefined;

/** A place that is still to be merged; undefined where there is none. */
interface Place {
  readonly path: string;
  readonly base: Value;
  readonly mine: Value;
  readonly theirs: Value;
  readonly set: (value: Value) => void;
}

/**
 * Merges objects member by member: adds these to the places that are still to be merged.
 *
 * @returns false where they are not all objects
 */
function mergeMembers({ path, base, mine, theirs, set }: Place, places: Place[]): boolean {
  // What both added is merged like what both changed: from nothing.
  const from = base === undefined ? {} : base;
  if (!isObject(from) || !isObject(mine) || !isObject(theirs)) return false;
  const merged = {};
  set(merged);
  // The last is taken first.
  for (const name of [...new Set([...Object.keys(theirs), ...Object.keys(mine)])].reverse()) {
    places.push({
      path: `${path}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`,
      base: own(from, name),
      mine: own(mine, name),
      theirs: own(theirs, name),
      set(value) {
        const member = { value, configurable: true, enumerable: true, writable: true };
        if (value !== undefined) Object.defineProperty(merged, name, member);
      },
    });
  }
  return true;
}

type JsonObject = { readonly [name: string]: Json };

function isObject(value: Value): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function own(object: JsonObject, name: string): Value {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

/**
 * Makes a function that names values: two have the same name if they are the same, whatever the order of the members of
 * objects. It looks at each value once: an object is named by the names of its members, however deep they are.
 */
function namer(): (value: Value) => string {
  const names = new Map<string, number>();
  /** Null while its members are being named. */
  const known = new WeakMap<object, number | null>();
  // No literal of JSON begins with #.
  const nameOf = (value: Value) => (isNested(value) ? `#${known.get(value)}` : (JSON.stringify(value) ?? ''));

  function textOf(value: Nested): string {
    if (Array.isArray(value)) return `[${value.map(nameOf)}`;
    const members = Object.keys(value).filter((key) => (value as JsonObject)[key] !== undefined);
    return `{${members.sort().map((key) => `${JSON.stringify(key)}:${nameOf((value as JsonObject)[key])}`)}`;
  }

  return function name(value) {
    // Members first. By hand as well.
    const open = [value];
    for (let last = open.at(-1); open.length > 0; last = open.at(-1)) {
      if (!isNested(last) || typeof known.get(last) === 'number') open.pop();
      else if (known.has(last)) {
        const text = textOf(last);
        const number = names.get(text) ?? names.size;
        names.set(text, number);
        known.set(last, number);
      } else {
        checkPlain(last);
        known.set(last, null);
        for (const member of Object.values(last)) {
          if (!isNested(member)) continue;
          if (known.get(member) === null) throw new TypeError('What is circular is not JSON');
          open.push(member);
        }
      }
    }
    return nameOf(value);
  };
}

type Nested = readonly Json[] | JsonObject;

function isNested(value: Value): value is Nested {
  return typeof value === 'object' && value !== null;
}

function checkPlain(object: Nested): void {
  if (Array.isArray(object)) return;
  const prototype: unknown = Object.getPrototypeOf(object);
  if (prototype && Object.getPrototypeOf(prototype)) throw new TypeError(`${object.constructor?.name} is not JSON`);
}
