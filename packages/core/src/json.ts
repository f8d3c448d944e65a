/**
 * The JSON of a value that JSON can say.
 *
 * @param value - what is to be sent or stored
 * @returns its JSON
 * @throws TypeError for what would be missing from it, or something else: a function, a symbol, a bigint, a number that is
 *   not finite, a date that is not one, bytes, an object such as a Map or a Promise of which JSON says `{}`
 * @see RFC 8259
 */
export function jsonOf(value: unknown): string {
  const json = isPlain(value, 0) ? JSON.stringify(value) : JSON.stringify(value, checked);
  if (json === undefined) throw unsaid('undefined');
  return json;
}

/** How deep it is looked: a circle has no end. */
const DEEPEST = 16;

/**
 * Whether JSON says all of a value for sure: to look takes less time than to be asked by JSON of each member.
 *
 * @param depth - how deep it is within the value that is asked of
 */
function isPlain(value: unknown, depth: number): boolean {
  if (typeof value !== 'object')
    return typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value);
  if (value === null) return true;
  if (depth === DEEPEST || 'toJSON' in value) return false;
  const isArray = Array.isArray(value);
  if (!isArray && Object.getPrototypeOf(value) !== Object.prototype) return false;
  // A hole of an array is one, too.
  for (const member of isArray ? value : Object.values(value)) {
    if (member === undefined ? isArray : !isPlain(member, depth + 1)) return false;
  }
  return true;
}

function checked(this: unknown, name: string, value: unknown): unknown {
  const given = (this as Record<string, unknown>)[name];
  // A Date that is not one says null of itself, and JSON says null where an array has undefined.
  if (value == null && (given !== value || (value === undefined && Array.isArray(this)))) throw unsaid(`${given}`);
  if (typeof value === 'function' || typeof value === 'symbol') throw unsaid(`a ${typeof value}`);
  if (typeof value === 'number' && !Number.isFinite(value)) throw unsaid(`${value}`);
  if (isEmptied(value)) throw unsaid(`a ${value.constructor?.name}`);
  return value;
}

/** Whether something holds what JSON does not look for, or would say as an object of its indices. */
function isEmptied(value: unknown): value is object {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === null || Object.getPrototypeOf(prototype) === null) return false;
  return ArrayBuffer.isView(value) || Object.keys(value).length === 0;
}

function unsaid(what: string): TypeError {
  return new TypeError(`JSON cannot say ${what}`);
}
