/**
 * Waits for a call that may fail in a way that is an answer: nothing is stored, or a condition was refused.
 *
 * @param is - tells such an error
 * @returns what the call gives; null where it failed by such an error
 */
export async function unless<R>(is: (error: unknown) => boolean, call: Promise<R>): Promise<R | null> {
  try {
    return await call;
  } catch (error) {
    if (is(error)) return null;
    throw error;
  }
}
