/** What a call gives, or the reason of a signal that is or becomes aborted; the call goes on, and nobody listens. */
export function unlessAborted<R>(call: Promise<R>, signal: AbortSignal | undefined): Promise<R> {
  if (!signal) return call;
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    // One that is aborted already says so to nobody.
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    call.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
