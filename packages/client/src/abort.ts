/** Rejects with the signal's reason when it is aborted first. */
export function abortable<R>(promise: Promise<R>, signal: AbortSignal | null): Promise<R> {
  if (!signal) return promise;
  return new Promise<R>((resolve, reject) => {
    const abort = () => reject(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort);
    const done = () => signal.removeEventListener('abort', abort);
    promise.then(resolve, reject).then(done, done);
  });
}
