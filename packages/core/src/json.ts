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
  const json = JSON.stringify(value, checked);
  if (json === undefined) throw unsaid('undefined');
  return json;
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
