import type { ServerResponse } from 'node:http';
import type { Methods } from './methods.ts';

/**
 * Sets the status, the reason phrase and the fields that `writeHead()` was given: an object, a list of names and values by
 * turns, or a list of pairs. In a list, names may repeat.
 *
 * @param args - as the method takes them
 * @throws RangeError when the status is not one, as the method does
 */
export function setHead(res: ServerResponse, args: readonly unknown[]): void {
  const status = Number(args[0]);
  // Later, where Node would find out, nobody could answer anymore.
  if (!(status >= 100 && status < 1000)) throw new RangeError(`Invalid status code: ${args[0]}`);
  res.statusCode = status;
  // Node itself gives the status alone.
  if (args.length === 1) return;
  const [, reason, last] = args;
  if (typeof reason === 'string') res.statusMessage = reason;
  // Like Node: without a reason phrase, the fields may be the second argument or the third.
  const fields = last ?? (typeof reason === 'string' ? null : reason);
  if (fields) setFields(res, fields);
}

function setFields(res: ServerResponse, fields: object): void {
  const entries = Array.isArray(fields) ? pairsOf(fields) : Object.entries(fields);
  for (const [name] of entries) res.removeHeader(name);
  for (const [name, value] of entries) res.appendHeader(name, value);
}

function pairsOf(list: readonly unknown[]): [string, string | string[]][] {
  const flat = Array.isArray(list[0]) ? list.flat() : list;
  return flat.flatMap((name, index) => (index % 2 ? [] : [[name, flat[index + 1]]])) as [string, string | string[]][];
}

/**
 * Writes a head, finished as late as can be: after whoever wrapped `writeHead()` before us, such as a compression that
 * stands outside. It adds Vary by the type of the content, which a 304 has lost by then, and sets the coding, which the tag
 * is to name: until it is done, it finds the fields that were dropped, and what it sets is finished again.
 *
 * @param head - the arguments of `writeHead()`
 * @param finish - finishes the fields of the response; called several times
 */
export function writeThrough(res: ServerResponse, before: Methods, head: unknown[], finish: () => void): unknown {
  if (!Object.hasOwn(before, 'writeHead')) {
    finish();
    return before.writeHead.apply(res, head);
  }
  const fields = res.getHeaders();
  finish();
  const { getHeader, setHeader } = res;
  const own = { getHeader, setHeader };
  const late = {
    getHeader: (name: string) => getHeader.call(res, name) ?? fields[name.toLowerCase()],
    setHeader(name: string, value: string) {
      setHeader.call(res, name, value);
      Object.assign(res, own);
      finish();
      return Object.assign(res, late);
    },
  };
  try {
    return before.writeHead.apply(Object.assign(res, late), head);
  } finally {
    Object.assign(res, own);
  }
}
