/**
 * Cancels the content of a response that nobody reads, which frees its connection. Errors in it are ignored.
 *
 * @param response - it may have been read, or have failed already
 */
export function discard(response: Response): void {
  if (response.body && !response.bodyUsed) cancel(response.body);
}

/** Cancels a stream, whatever state it is in. */
export function cancel(stream: { cancel(reason?: unknown): Promise<void> }, reason?: unknown): void {
  // One that is locked, or that has failed, rejects.
  stream.cancel(reason).catch(() => {});
}
