const known = new WeakSet<object>();

/**
 * Remembers of an error that nothing was written, where the error itself does not say so.
 *
 * @returns the error
 */
export function knownFailure<E>(error: E): E {
  if (typeof error === 'object' && error !== null) known.add(error);
  return error;
}

/** Whether it is known of an error that nothing was written. */
export function isKnownFailure(error: unknown): boolean {
  return known.has(Object(error));
}

/** Nobody listens, nobody has that name, or nobody answered in time. */
const NO_CONNECTION: readonly unknown[] = ['ECONNREFUSED', 'ENOTFOUND', 'UND_ERR_CONNECT_TIMEOUT'];

/**
 * Whether an error comes from the making of a connection, to one address or to several: nothing was sent.
 *
 * @param error - of a driver, or of `fetch`, which wraps it
 */
export function isOfConnecting(error: unknown): boolean {
  const { syscall, errors, cause, code } = Object(error) as Readonly<Record<string, unknown>>;
  if (Array.isArray(errors) && errors.length > 0) return errors.every(isOfConnecting);
  if (syscall === 'connect' || syscall === 'getaddrinfo' || NO_CONNECTION.includes(code)) return true;
  return cause !== undefined && isOfConnecting(cause);
}
