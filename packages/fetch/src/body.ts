// A body made of text or bytes is a ReadableStream as well, and no runtime has a documented way to tell one from the other.
// How it is done all the same is in docs/decisions/018. No timer is involved: the answer never depends on load.

/** The content of a response, as far as it was read. */
export interface Content {
  /** All of it; null where it is not known to end, or is longer than it may be. */
  readonly content: Uint8Array | null;
  /** The response to go on with. It has every byte: those that were read are gone from the one given. */
  readonly response: Response;
}

type Body = ReadableStream<Uint8Array>;
type Reading = Promise<ReadableStreamReadResult<Uint8Array>>;

/** workerd shows how long a body is, where it knows, to whatever inspects it. */
const LENGTH = Object.getOwnPropertySymbols(ReadableStream.prototype).find(
  ({ description }) => description === 'length',
);

/**
 * Reads the content of a response that is known to end: text and bytes whatever their size, a stream that says how long it
 * is. Any other stream is passed on as it is.
 *
 * @param limit - bytes; a stream that says it is longer is passed on
 * @param isWhole - whether the body was made of text, bytes or a Blob; undefined where that has to be found out
 */
export async function readContent(response: Response, limit: number, isWhole?: boolean): Promise<Content> {
  const untouched = { content: null, response };
  // Even to look at its body makes another response of one that a server of Node is to stream.
  if (isStreamed(response.headers, isWhole)) return untouched;
  const { body } = response;
  if (!body) return { content: new Uint8Array(), response };
  if (body.locked) return untouched;
  if (isWhole) return read(response, body, null);
  const length = lengthOf(response, body);
  if (length !== null) return length <= limit ? read(response, body, length) : untouched;
  return isWhole === undefined && mayBeBytes(response, body) ? read(response, body, null, atOnce) : untouched;
}

/** Whether the fields say that content is sent as it comes: a chunked message, or a known stream without a length. */
function isStreamed(headers: Headers, isWhole?: boolean): boolean {
  if (headers.get('transfer-encoding') !== null || headers.get('trailer') !== null) return true;
  return isWhole === false && headers.get('content-length') === null;
}

/** How many bytes a response says it has; null where it does not say. */
function lengthOf({ headers }: Response, body: Body): number | null {
  const length = headers.get('content-length') ?? (LENGTH && Reflect.get(body, LENGTH));
  return length == null || !/^\d+$/.test(`${length}`) ? null : Number(length);
}

/** Whether a body that does not say how long it is may be one of text or bytes. */
function mayBeBytes({ url }: Response, body: Body): boolean {
  // What fetch() returned comes from the network. And workerd would have said how long it is.
  if (url || LENGTH) return false;
  return isByteStream(body) || !isTextByteStream();
}

let textIsByteStream: boolean | undefined;

/** Whether a body of text is a byte stream, as the Fetch standard has it: so it is on Node, not on Deno and Bun. */
function isTextByteStream(): boolean {
  textIsByteStream ??= isByteStream(new Response('text').body as Body);
  return textIsByteStream;
}

function isByteStream(body: Body): boolean {
  try {
    body.getReader({ mode: 'byob' }).releaseLock();
    return true;
  } catch {
    return false;
  }
}

/** The most chunks in which a runtime hands out text: Bun has 2 MiB in each. */
const MOST_CHUNKS = 16;

/**
 * @param length - the bytes that there must be; null for as many as come
 * @param wait - for a chunk; what it does not give is not waited for
 */
async function read(response: Response, body: Body, length: number | null, wait = untilRead): Promise<Content> {
  const reader = body.getReader();
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  for (;;) {
    const reading = reader.read();
    const result = await wait(reading);
    if (result?.done && (length === null || size === length)) break;
    if (!result?.value) return { content: null, response: passedOn(response, chunks, reader, reading) };
    chunks.push(result.value as Uint8Array<ArrayBuffer>);
    size += result.value.byteLength;
    const isTooMuch = length === null ? wait === atOnce && chunks.length === MOST_CHUNKS : size > length;
    if (isTooMuch) return { content: null, response: passedOn(response, chunks, reader) };
  }
  const content = chunks.length === 1 ? (chunks[0] as Uint8Array<ArrayBuffer>) : await joined(chunks);
  return { content, response: new Response(content, response) };
}

/** The next chunk, whenever it comes; undefined when it cannot be read. */
function untilRead(reading: Reading): Promise<Awaited<Reading> | undefined> {
  return reading.catch(() => undefined);
}

async function joined(chunks: Uint8Array<ArrayBuffer>[]): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await new Blob(chunks).arrayBuffer());
}

/** More than any runtime takes to read text that it holds, and too few for anything to arrive from outside the program. */
const MICROTASKS = 8;

/** The next chunk, if it is there before the event loop turns. */
async function atOnce(reading: Reading): Promise<Awaited<Reading> | undefined> {
  let result: Awaited<Reading> | undefined;
  reading.then(
    (read) => {
      result = read;
    },
    () => {},
  );
  for (let i = 0; i < MICROTASKS && !result; i++) await null;
  return result;
}

/** The response as it was: the chunks that were read, a read under way, and the rest as it comes. */
function passedOn(
  response: Response,
  chunks: Uint8Array[],
  reader: ReadableStreamDefaultReader<Uint8Array>,
  reading?: Reading,
): Response {
  let pending = reading;
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const chunk = chunks.shift();
      if (chunk) return controller.enqueue(chunk);
      const result = await (pending ?? reader.read());
      pending = undefined;
      if (result.done) controller.close();
      else controller.enqueue(result.value);
    },
    cancel: (reason) => reader.cancel(reason),
  });
  return new Response(body, response);
}

/** Stops whatever produces a body that will not go out. */
export function discard({ body }: Response): void {
  if (body && !body.locked) body.cancel().catch(() => {});
}
