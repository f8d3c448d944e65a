// Registered, so that two copies of these packages leave the same routes out.
const OFF = /* @__PURE__ */ Symbol.for('@etag/off');

/**
 * Notes for a request whether its response is left as its handler makes it. The `etag()` that the request passes last has
 * the last word.
 *
 * @param request - an object that all adapters which the request passes know it by
 * @param off - true for `etag(false)`
 */
export function setOff(request: object, off: boolean): void {
  // Most requests are never left out, and get no property.
  if (off !== isOff(request)) Reflect.set(request, OFF, off);
}

/**
 * Whether the response to a request is left as its handler makes it: no tag of its content, no 304.
 *
 * @param request - the object that was given to `setOff`
 * @returns true after `etag(false)`
 */
export function isOff(request: object): boolean {
  return (request as { [OFF]?: boolean })[OFF] === true;
}
