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

/** Whether an error comes from the making of a connection, to one address or to several: nothing was sent. */
export function isOfConnecting(error: unknown): boolean {
  const { syscall, errors } = Object(error) as { syscall?: unknown; errors?: unknown };
  if (Array.isArray(errors) && errors.length > 0) return errors.every(isOfConnecting);
  return syscall === 'connect' || syscall === 'getaddrinfo';
}
