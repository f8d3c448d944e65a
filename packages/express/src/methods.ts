import { accessors, exchangeOf, type Method, type Methods, methodsOf } from '@etag/node';
import type { Response } from 'express';

// Goes on 2028-04-30, when Node 22 has reached its end: until then, each property that a response of Express is given costs
// more than all the rest. Node 20 and 22 make a hidden class anew for each, and lose what they had optimised
// (docs/decisions/007). So the methods are intercepted where all responses inherit them from.

type Send = (this: Response, ...args: unknown[]) => unknown;

/** Intercepts `send()` as well: what the exchange of a response does with content that is not rendered yet. */
export type SendInterception = (res: Response, args: unknown[], send: Send) => unknown;

/** The methods before ours, by what a response inherits from: that of an application inherits from that of Express. */
const shared = new WeakMap<object, Methods>();

/**
 * Puts our methods before those of a response: once for all, where they inherit them from; on the response itself only where
 * somebody replaced one of them there before us.
 *
 * @param send - what to do when a response is sent
 * @returns intercepts the methods of a response, and returns what they did before
 */
export function intercepting(send: SendInterception): (res: Response) => Methods {
  return (res) => {
    const prototype = Object.getPrototypeOf(res);
    const isOwn = ['writeHead', 'write', 'end', 'send'].some((name) => Object.hasOwn(res, name));
    if ('send' in prototype && !isOwn) return shared.get(prototype) ?? share(prototype, send);
    return intercept(res, res.send as Send, send);
  };
}

function share(prototype: object, send: SendInterception): Methods {
  const root = rootOf(prototype) as Response;
  const before = shared.get(root) ?? intercept(root, null, send);
  shared.set(root, before).set(prototype, before);
  return before;
}

/** @param own - the `send()` of one response; null where all inherit it, and late instrumentation is to be seen */
function intercept(target: Response, own: Send | null, send: SendInterception): Methods {
  const before = methodsOf(target);
  const inherited = Object.hasOwn(target, 'send') ? (target.send as Send) : null;
  const sendBefore = (): Send => own ?? inherited ?? (Object.getPrototypeOf(target).send as Send);
  const value: Method = function (...args) {
    const res = this as Response;
    return exchangeOf(res) ? send(res, args, sendBefore()) : sendBefore().apply(res, args);
  };
  Object.defineProperties(target, {
    ...accessors(before, exchangeOf),
    send: { value, writable: true, configurable: true, enumerable: true },
  });
  return before;
}

/** The response of Express, from which those of all applications inherit; never one of Node. */
function rootOf(prototype: object): object {
  const above = Object.getPrototypeOf(prototype);
  return 'send' in above ? rootOf(above) : prototype;
}
