/** Whether a method reads a representation, so that a 304 can answer it: GET, HEAD, and QUERY, which is treated like GET. */
export function isRead(method: string): boolean {
  return method === 'GET' || method === 'HEAD' || method === 'QUERY';
}

/** Whether a method selects or modifies a representation, so that preconditions apply to it (RFC 9110 §13.2.1). */
export function takesPreconditions(method: string): boolean {
  return method !== 'CONNECT' && method !== 'OPTIONS' && method !== 'TRACE';
}
