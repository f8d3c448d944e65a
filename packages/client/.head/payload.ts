/** What becomes of the content of a response that is read. */
export interface Reading {
  /** The most bytes to keep. */
  readonly limit: number;
  /** All of it was read: the content, and how long it was waited for in ms. The stream ends when this resolves. */
  complete(payload: Uint8Array, waited: number): Promise<void>;
  /** It was not read to its end, broke off, or is longer than the limit. */
  incomplete(): void;
}

/**
 * Passes content on as it is read, and keeps it.
 *
 * @see RFC 9111 §3.3: what is not complete is not stored
 */
export function keeping(body: ReadableStream<Uint8Array>, reading: Reading): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  let chunks: Uint8Array[] | null = [];
  let size = 0;
  let waited = 0;

  function giveUp(): void {
    if (chunks) reading.incomplete();
    chunks = null;
  }

  async function next(): Promise<Uint8Array | undefined> {
    const start = performance.now();
    try {
      return (await reader.read()).value;
    } catch (error) {
      giveUp();
      throw error;
    } finally {
      waited += performance.now() - start;
    }
  }

  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const chunk = await next();
        if (!chunk) {
          if (chunks) await reading.complete(joined(chunks, size), waited);
          return controller.close();
        }
        size += chunk.byteLength;
        if (size > reading.limit) giveUp();
        // A copy: whoever reads the chunk may do with it as he likes.
        chunks?.push(new Uint8Array(chunk));
        controller.enqueue(chunk);
      },
      cancel(reason) {
        giveUp();
        return reader.cancel(reason);
      },
    },
    { highWaterMark: 0 },
  );
}

function joined(chunks: readonly Uint8Array[], size: number): Uint8Array {
  if (chunks.length === 1) return chunks[0] as Uint8Array;
  const bytes = new Uint8Array(size);
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.byteLength;
  }
  return bytes;
}
