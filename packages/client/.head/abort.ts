/** Rejects with the signal's reason when it is aborted first. */
export function abortable<R>(promise: Promise<R>, signal: AbortSignal | null): Promise<R> {
  if (!signal) return promise;
  return new Promise<R>((resolve, reject) => {
    const abort = () => reject(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}

/** The content of a response until the signal is aborted. */
export function until(body: ReadableStream<Uint8Array>, signal: AbortSignal | null): ReadableStream<Uint8Array> {
  return signal ? body.pipeThrough(new TransformStream<Uint8Array, Uint8Array>(), { signal }) : body;
}
