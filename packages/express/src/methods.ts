import {
  accessors,
  type Exchange,
  exchangeOf,
  hasOwnMethods,
  interceptOwn,
  type Method,
  type Methods,
  methodsOf,
} from '@etag/node';
import type { Response } from 'express';

// Goes on 2028-04-30, when Node 22 has reached its end: until then, each property that a response of Express is given costs
// more than all the rest. Node 20 and 22 make a hidden class anew for each, and lose what they had optimised
// (docs/decisions/007). So the methods are intercepted where all responses inherit them from.

type Send = (this: Response, ...args: unknown[]) => unknown;

/** Intercepts `send()` as well: what the exchange of a response does with content that is not rendered yet. */
export type SendInterception = (exchange: Exchange, res: Response, args: unknown[], send: Send) => unknown;

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
    if (!('send' in prototype)) return intercept(res, send);
    const before = shared.get(prototype) ?? share(prototype, send);
    if (Object.hasOwn(res, 'send')) interceptSend(res, send, res.send as Send);
    return hasOwnMethods(res) ? interceptOwn(res) : before;
  };
}

function share(prototype: object, send: SendInterception): Methods {
  const root = rootOf(prototype) as Response;
  const before = shared.get(root) ?? intercept(root, send);
  shared.set(root, before).set(prototype, before);
  return before;
}

/** @param target - what all responses inherit from, or one that is not of Express */
function intercept(target: Response, send: SendInterception): Methods {
  const before = methodsOf(target);
  Object.defineProperties(target, accessors(before, exchangeOf));
  interceptSend(target, send, Object.hasOwn(target, 'send') ? (target.send as Send) : null);
  return before;
}

/** @param own - what stands there; null where it is inherited, and late instrumentation is to be seen */
function interceptSend(target: Response, send: SendInterception, own: Send | null): void {
  const sendBefore = (): Send => own ?? (Object.getPrototypeOf(target).send as Send);
  const value: Method = function (...args) {
    const res = this as Response;
    const found = exchangeOf(res);
    return found ? send(found, res, args, sendBefore()) : sendBefore().apply(res, args);
  };
  Object.defineProperty(target, 'send', { value, writable: true, configurable: true, enumerable: true });
}

/** The response of Express, from which those of all applications inherit; never one of Node. */
function rootOf(prototype: object): object {
  const above = Object.getPrototypeOf(prototype);
  return 'send' in above ? rootOf(above) : prototype;
}
