import { cancel } from './discard.ts';
import type { Awaitable } from './port.ts';

/** What becomes of content while it is read. */
export interface Reading {
  /** The most bytes to keep and to share. */
  readonly limit: number;
  /** All of it was read: the content, and how long it was waited for in ms. The content ends when this resolves. */
  complete(payload: Uint8Array, waited: number): Awaitable<void>;
  /** It was not read to its end, broke off, or is longer than the limit. */
  incomplete(): void;
}

/** Where one of the readers is. */
interface Reader {
  /** The chunks it has read, and the bytes of these; later on those of its own that it has read before. */
  chunks: number;
  bytes: number;
  /** What it reads instead, once the content is shared no longer. */
  own: Promise<ReadableStreamDefaultReader<Uint8Array>> | null;
}

/** Loads the content once more for one reader. */
export type Load = () => Promise<ReadableStream<Uint8Array>>;

/**
 * Content that comes once, and is kept and read by any number of readers. No reader waits for another, and none holds more
 * than the limit for another: beyond it the one that is ahead goes on, and the others load it for themselves.
 *
 * @see RFC 9111 §3.3: what is not complete is not stored
 */
export class SharedBody {
  // The response, not its stream: one that nobody reads or holds is given up by fetch when it is collected.
  readonly #response: Response;
  readonly #reading: Reading;
  readonly #readers = new Set<Reader>();
  #source: ReadableStreamDefaultReader<Uint8Array> | undefined;
  /** Null once they are not kept any more. */
  #chunks: Uint8Array[] | null = [];
  #bytes = 0;
  #waited = 0;
  #isComplete = false;
  #failure: { readonly error: unknown } | undefined;
  /** The reader that goes on alone beyond the limit. */
  #ahead: Reader | undefined;
  #next: Promise<Uint8Array | undefined> | undefined;

  constructor(response: Response, reading: Reading) {
    this.#response = response;
    this.#reading = reading;
  }

  /**
   * Adds a reader, at the beginning.
   *
   * @param signal - ends it, and no other
   */
  read(signal: AbortSignal | null, load: Load): ReadableStream<Uint8Array> {
    const reader: Reader = { chunks: 0, bytes: 0, own: null };
    this.#readers.add(reader);
    let abort = () => {};
    const leave = (reason: unknown) => {
      signal?.removeEventListener('abort', abort);
      this.#leave(reader, reason);
    };
    const start = (controller: ReadableStreamDefaultController<Uint8Array>) => {
      if (!signal) return;
      abort = () => {
        controller.error(signal.reason);
        leave(signal.reason);
      };
      if (signal.aborted) abort();
      else signal.addEventListener('abort', abort);
    };
    const pull = async (controller: ReadableStreamDefaultController<Uint8Array>) => {
      let chunk: Uint8Array | undefined;
      try {
        chunk = await this.#read(reader, load);
      } finally {
        // It has ended, or broken off.
        if (!chunk) signal?.removeEventListener('abort', abort);
      }
      if (signal?.aborted) return;
      if (chunk) controller.enqueue(chunk);
      else controller.close();
    };
    return new ReadableStream<Uint8Array>({ start, pull, cancel: leave }, { highWaterMark: 0 });
  }

  async #read(reader: Reader, load: Load): Promise<Uint8Array | undefined> {
    if (this.#chunks && reader.chunks < this.#chunks.length) return this.#kept(reader, this.#chunks);
    if (this.#failure) throw this.#failure.error;
    if (this.#chunks || reader === this.#ahead) {
      if (this.#isComplete) return undefined;
      const leads = !this.#next;
      this.#next ??= this.#advance(reader);
      const chunk = await this.#next;
      if (leads) return this.#passed(reader, chunk);
      // It is among those that are kept, or at its end, or shared no longer.
      return this.#read(reader, load);
    }
    reader.own ??= load().then((stream) => stream.getReader());
    return this.#readOn(reader, await reader.own);
  }

  /** What comes once more, from where the reader was. */
  async #readOn(reader: Reader, own: ReadableStreamDefaultReader<Uint8Array>): Promise<Uint8Array | undefined> {
    for (;;) {
      const { value } = await own.read();
      if (!value) return;
      const rest = value.subarray(reader.bytes);
      reader.bytes -= value.byteLength - rest.byteLength;
      if (rest.byteLength > 0) return rest;
    }
  }

  /** A copy: a reader may change what it was given. */
  #kept(reader: Reader, chunks: readonly Uint8Array[]): Uint8Array {
    return this.#passed(reader, new Uint8Array(chunks[reader.chunks] as Uint8Array)) as Uint8Array;
  }

  #passed(reader: Reader, chunk: Uint8Array | undefined): Uint8Array | undefined {
    reader.chunks++;
    reader.bytes += chunk?.byteLength ?? 0;
    return chunk;
  }

  async #advance(reader: Reader): Promise<Uint8Array | undefined> {
    const start = performance.now();
    try {
      this.#source ??= (this.#response.body as ReadableStream<Uint8Array>).getReader();
      const { value } = await this.#source.read();
      this.#waited += performance.now() - start;
      if (value) this.#keep(reader, value);
      else await this.#complete();
      return value;
    } catch (error) {
      this.#failure = { error };
      this.#giveUp();
      throw error;
    } finally {
      this.#next = undefined;
    }
  }

  #keep(reader: Reader, chunk: Uint8Array): void {
    if (!this.#chunks) return;
    this.#bytes += chunk.byteLength;
    if (this.#bytes <= this.#reading.limit) this.#chunks.push(new Uint8Array(chunk));
    else this.#split(reader);
  }

  /** Beyond the limit: one reader goes on, if it is still there. */
  #split(reader: Reader): void {
    this.#ahead = reader;
    this.#giveUp();
    if (!this.#readers.has(reader)) this.#cancel();
  }

  async #complete(): Promise<void> {
    this.#isComplete = true;
    if (this.#chunks) await this.#reading.complete(joined(this.#chunks, this.#bytes), this.#waited);
  }

  #giveUp(): void {
    if (this.#chunks && !this.#isComplete) this.#reading.incomplete();
    this.#chunks = null;
  }

  #leave(reader: Reader, reason: unknown): void {
    this.#readers.delete(reader);
    if (reader.own) reader.own.then((own) => cancel(own, reason)).catch(() => {});
    const isWanted = this.#ahead ? reader !== this.#ahead : this.#readers.size > 0;
    if (isWanted || this.#isComplete) return;
    this.#giveUp();
    this.#cancel(reason);
  }

  #cancel(reason?: unknown): void {
    cancel(this.#source ?? (this.#response.body as ReadableStream<Uint8Array>), reason);
  }
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
