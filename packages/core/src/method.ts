/**
 * Whether a method reads a representation, so that a 304 can answer it.
 *
 * @param method - of a request, case-sensitive
 * @returns true for GET, HEAD, and QUERY, which is treated like GET
 * @see RFC 9110 §9.3.1, RFC 10008
 */
export function isRead(method: string): boolean {
  return method === 'GET' || method === 'HEAD' || method === 'QUERY';
}

/** Whether a method selects or modifies a representation, so that preconditions apply to it (RFC 9110 §13.2.1). */
export function takesPreconditions(method: string): boolean {
  return method !== 'CONNECT' && method !== 'OPTIONS' && method !== 'TRACE';
}
