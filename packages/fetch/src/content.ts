/** What is known of a response's content: all of it, or nothing, and then the response to send in its place. */
export interface Content {
  /** The content; null when it did not end in time or is larger than the limit. */
  readonly content: Uint8Array | null;
  /** The response to go on with: the body of the one given has been read. */
  readonly response: Response;
}

/**
 * Reads content that is there already. A body made of text or bytes arrives at once; a stream that is still being produced
 * does not, and is passed on untouched: nobody waits for it, and no more than `limit` bytes of it are held.
 *
 * @param limit - bytes
 */
export async function readyContent(response: Response, limit: number): Promise<Content> {
  if (response.body === null) return { content: new Uint8Array(), response };
  const reader = response.body.getReader();
  const chunks: Uint8Array[] = [];
  let size = 0;
  const turn = nextTurn();
  for (;;) {
    const reading = reader.read();
    const result = await Promise.race([reading, turn.over]);
    if (result === undefined) return { content: null, response: resume(response, chunks, reading, reader) };
    if (result.done) break;
    chunks.push(result.value);
    size += result.value.byteLength;
    if (size > limit) return { content: null, response: resume(response, chunks, reader.read(), reader) };
  }
  turn.cancel();
  const bytes = chunks.length === 1 ? (chunks[0] as Uint8Array) : concat(chunks, size);
  return { content: bytes, response: new Response(bytes as Uint8Array<ArrayBuffer>, response) };
}

/** Settles once the event loop has turned: by then a body that was complete has been read. */
function nextTurn(): { over: Promise<undefined>; cancel: () => void } {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const over = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, 0, undefined);
  });
  return { over, cancel: () => clearTimeout(timer) };
}

function concat(chunks: readonly Uint8Array[], size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.byteLength;
  }
  return bytes;
}

type Reading = Promise<ReadableStreamReadResult<Uint8Array>>;

/** The response as it was: the chunks that were read, the read under way, and the rest as it comes. */
function resume(
  response: Response,
  chunks: Uint8Array[],
  reading: Reading,
  reader: ReadableStreamDefaultReader<Uint8Array>,
): Response {
  let pending: Reading | null = reading;
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const chunk = chunks.shift();
      if (chunk) return controller.enqueue(chunk);
      const result = await (pending ?? reader.read());
      pending = null;
      if (result.done) controller.close();
      else controller.enqueue(result.value);
    },
    cancel: (reason) => reader.cancel(reason),
  });
  return new Response(body, response);
}
