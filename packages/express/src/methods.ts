import type { Response } from 'express';

// The methods of a response are overloaded; whatever they are given is passed on.
export type Methods<Name extends string> = Record<Name, (this: Response, ...args: unknown[]) => unknown>;

/** What methods did before they were replaced. */
export interface Replaced<Name extends string> {
  readonly before: Methods<Name>;
  /** Whether they were replaced where all responses inherit them from, or on one response. */
  readonly isShared: boolean;
}

/**
 * Puts methods of ours before those of responses: once for all, where they inherit them from, and on a response itself only
 * where somebody has replaced one of them there: who came first has the last word.
 *
 * On each response it would cost more than all the rest: for each property that a response of Express is given, Node 20 and
 * 22 make a hidden class anew, and lose what they had optimised (docs/decisions/007).
 *
 * @param make - makes the methods. Those that all share pass what is not meant for them on to `before`; those of one response,
 * which are always meant, get null
 * @returns replaces the methods of a response
 */
export function replacing<Name extends string>(
  make: (before: Methods<Name> | null) => Methods<Name>,
): (res: Response) => Replaced<Name> {
  const own = make(null);
  const names = Object.keys(own) as Name[];
  /** The methods that an object has of its own; the others are those of what it inherits from, whatever becomes of them. */
  const methodsOf = (object: object): Methods<Name> => {
    const methods = Object.create(Object.getPrototypeOf(object));
    for (const name of names) if (Object.hasOwn(object, name)) methods[name] = (object as Methods<Name>)[name];
    return methods;
  };
  // By what a response inherits from: that of an application inherits from that of Express.
  const shared = new WeakMap<object, Replaced<Name>>();

  function share(prototype: object): Replaced<Name> {
    const root = rootOf(prototype);
    let replaced = shared.get(root);
    if (!replaced) {
      replaced = { before: methodsOf(root), isShared: true };
      for (const [name, value] of Object.entries(make(replaced.before))) {
        Object.defineProperty(root, name, { value, writable: true, configurable: true });
      }
    }
    shared.set(root, replaced).set(prototype, replaced);
    return replaced;
  }

  return (res) => {
    const prototype = Object.getPrototypeOf(res);
    if ('send' in prototype && !names.some((name) => Object.hasOwn(res, name))) {
      return shared.get(prototype) ?? share(prototype);
    }
    const before = methodsOf(res);
    // The same for all: a response that holds a closure of its own lives until a full collection (docs/decisions/007).
    Object.assign(res, own);
    return { before, isShared: false };
  };
}

/**
 * Whether a method that was called is to act for a response.
 *
 * @param replaced - what was done for the response; undefined when it is none of ours
 * @param before - what the method was made with
 */
export function isMeant(replaced: Replaced<string> | undefined, before: object | null): boolean {
  return replaced !== undefined && (before === null || replaced.isShared);
}

/** The response of Express, from which those of all applications inherit; never one of Node. */
function rootOf(prototype: object): object {
  const above = Object.getPrototypeOf(prototype);
  return 'send' in above ? rootOf(above) : prototype;
}
