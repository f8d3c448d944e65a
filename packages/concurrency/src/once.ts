/**
 * Does something once: calls that come meanwhile or later share the result. One that failed is done again.
 *
 * @param work - what is done
 */
export function once<R>(work: () => Promise<R>): () => Promise<R> {
  let done: Promise<R> | undefined;
  return () => {
    done ??= work().catch((error) => {
      done = undefined;
      throw error;
    });
    return done;
  };
}
