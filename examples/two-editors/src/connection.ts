/** `cut`: nothing is sent. `loses`: what is sent arrives, and the answer does not. */
export type Connection = 'works' | 'cut' | 'loses';

/** fetch over a connection that can fail. To the caller both failures look the same, as they do in life. */
export function connected(fetch: typeof globalThis.fetch, connection: () => Connection): typeof globalThis.fetch {
  return async (input, init) => {
    if (connection() === 'cut') throw new TypeError('Failed to fetch');
    const response = await fetch(input, init);
    if (connection() === 'works') return response;
    await response.body?.cancel();
    throw new TypeError('Failed to fetch');
  };
}
