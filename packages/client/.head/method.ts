// https://www.iana.org/assignments/http-methods
const SAFE = /^(GET|HEAD|OPTIONS|PRI|PROPFIND|QUERY|REPORT|SEARCH|TRACE)$/;

/** Whether a method is known to be safe (RFC 9110 §9.2.1). Of any other it must be assumed that it changes something. */
export function isSafe(method: string): boolean {
  return SAFE.test(method);
}
