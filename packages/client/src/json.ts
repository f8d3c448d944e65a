/**
 * The JSON of a value that JSON can say.
 *
 * @throws TypeError for what would be missing from it, or something else: a function, a symbol, a bigint, a number that is
 *   not finite, an object such as a Map or a Promise of which JSON says `{}`
 */
export function jsonOf(value: unknown): string {
  const json = JSON.stringify(value, checked);
  if (json === undefined) throw unsaid('undefined');
  return json;
}

function checked(_: string, value: unknown): unknown {
  if (typeof value === 'function' || typeof value === 'symbol') throw unsaid(`a ${typeof value}`);
  if (typeof value === 'number' && !Number.isFinite(value)) throw unsaid(`${value}`);
  if (isEmptied(value)) throw unsaid(`a ${value.constructor?.name}`);
  return value;
}

/** Whether something holds what JSON does not look for. */
function isEmptied(value: unknown): value is object {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype !== null && Object.getPrototypeOf(prototype) !== null && Object.keys(value).length === 0;
}

function unsaid(what: string): TypeError {
  return new TypeError(`JSON cannot say ${what}; nothing was sent`);
}
