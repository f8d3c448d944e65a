import type { ServerResponse } from 'node:http';

/** A method of a response. They are overloaded; what they are given is passed on. */
export type Method = (this: ServerResponse, ...args: unknown[]) => unknown;

/**
 * The methods by which the head and the content of a response are written. Node calls `_implicitHeader()` where the head is
 * due and the application has not written it; HTTP/2 does not have it.
 */
export interface Methods {
  _implicitHeader: Method;
  writeHead: Method;
  write: Method;
  end: Method;
}

const NAMES = ['_implicitHeader', 'writeHead', 'write', 'end'] as const satisfies (keyof Methods)[];

/** What stands before the methods of a response. */
export interface Interception {
  /** What is called by whoever calls the methods of the response. */
  readonly entry: Methods;
  /** Somebody puts a method of his own in the place of one: it stays behind the entry. */
  replace(name: keyof Methods, method: Method): void;
}

/**
 * The methods of an object as they are now. What it inherits is looked up when it is called, so that an instrumentation
 * that replaces it later is seen.
 *
 * @param object - a response, or what responses inherit from
 * @returns the methods
 */
export function methodsOf(object: object): Methods {
  const methods = Object.create(Object.getPrototypeOf(object));
  for (const name of NAMES) if (Object.hasOwn(object, name)) methods[name] = (object as Methods)[name];
  return methods;
}

/**
 * Whether somebody replaced one of these methods on the very response, as compression() and sessions do.
 *
 * @param res - a response
 * @returns false where it inherits all of them
 */
export function hasOwnMethods(res: object): boolean {
  // Written out, not looped over: engines look up a literal name several times as fast.
  return (
    Object.hasOwn(res, 'end') ||
    Object.hasOwn(res, 'write') ||
    Object.hasOwn(res, 'writeHead') ||
    Object.hasOwn(res, '_implicitHeader')
  );
}

/**
 * The properties under which intercepted methods stand. They are accessors, so that ours stay first, whoever replaces them
 * later: called by the handler, while the head is as it finished it and the content is not coded yet.
 *
 * @param before - what the methods do where nothing is intercepted; nothing where something always is
 * @param interceptionOf - the interception of a response; undefined where there is none
 * @returns properties to define on a response, or on what responses inherit from
 */
export function accessors(
  before: Partial<Methods>,
  interceptionOf: (res: object) => Interception | undefined,
): PropertyDescriptorMap {
  const accessor = (name: keyof Methods): PropertyDescriptor => ({
    configurable: true,
    enumerable: true,
    get() {
      return (interceptionOf(this)?.entry ?? before)[name];
    },
    set(method: Method) {
      const interception = interceptionOf(this);
      if (interception) interception.replace(name, method);
      else Object.defineProperty(this, name, { value: method, writable: true, configurable: true, enumerable: true });
    },
  });
  return Object.fromEntries(NAMES.map((name) => [name, accessor(name)]));
}
