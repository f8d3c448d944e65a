import { fileResponse } from '@etag/core';
import { refusal } from './refusal.ts';

type Part = Blob | ReadableStream<Uint8Array<ArrayBuffer>> | Uint8Array<ArrayBuffer>;

/** Content with a length and a time: a `File` and `Bun.file()` are such as they are. */
export interface StoredFile {
  /** Bytes. */
  readonly size: number;
  /** When it was last modified, in ms since the epoch. */
  readonly lastModified: number;
  /**
   * Reads a part: a Blob, bytes or a stream.
   *
   * @param start - offset in bytes
   * @param end - offset in bytes, not included
   */
  slice(start: number, end: number): Part | Promise<Part>;
}

/**
 * Makes the response of a file, or of the part of it that Range asks for: with a weak tag of its size and time,
 * Last-Modified, 304, 412, 416, and If-Range.
 *
 * @param request - the request
 * @param file - a path, on runtimes with `node:fs`, opened as it is: check a path that is made of what a request says. Or a
 *   `File`, or an object of your own with `size`, `lastModified` and `slice`.
 * @param fields - what the response says of it: Content-Type, Cache-Control. So is an ETag of your own: a strong one lets
 *   clients that resume a download name it in If-Range.
 * @returns the response; a file that was opened is closed when its body is read or cancelled
 * @throws the error of `node:fs` where there is no such file: ENOENT, EISDIR, EACCES
 * @see RFC 9110 §13.1.5, §14.2, §15.3.7
 * @example
 * const fetch = (request: Request) => serveFile(request, 'index.html', { 'Content-Type': 'text/html' });
 */
export async function serveFile(
  request: Request,
  file: string | URL | StoredFile,
  fields?: HeadersInit,
): Promise<Response> {
  const headers = new Headers(fields);
  const { size, lastModified, slice, close } = isStored(file) ? stored(file) : await opened(file);
  try {
    const { status, start, end } = fileResponse(request, headers, { size, mtimeMs: lastModified });
    if (start < end) return new Response(await slice(start, end), { status, headers });
    await close();
    return new Response(null, { status, headers });
  } catch (error) {
    await close();
    return refusal(error, headers);
  }
}

interface Open extends StoredFile {
  /** Called where no part is read. */
  close(): Promise<void>;
}

function isStored(file: string | URL | StoredFile): file is StoredFile {
  return typeof file === 'object' && 'slice' in file;
}

function stored(file: StoredFile): Open {
  const { size, lastModified } = file;
  return { size, lastModified, slice: (start, end) => file.slice(start, end), close: async () => {} };
}

async function opened(path: string | URL): Promise<Open> {
  // Where there is no file system, files of other kinds can be served all the same.
  const { open } = await import('node:fs/promises');
  const handle = await open(path);
  const close = () => handle.close();
  try {
    const stats = await handle.stat();
    if (!stats.isFile()) throw Object.assign(new Error(`EISDIR: not a file: ${String(path)}`), { code: 'EISDIR' });
    return { size: stats.size, lastModified: stats.mtimeMs, slice: (start, end) => read(handle, start, end), close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The part of `node:fs` that is used. */
interface Handle {
  read(into: Uint8Array, offset: number, length: number, position: number): Promise<{ bytesRead: number }>;
  close(): Promise<void>;
}

const CHUNK = 65_536;

/** A stream of a part of a file, which closes it. */
function read(handle: Handle, start: number, end: number): ReadableStream<Uint8Array<ArrayBuffer>> {
  let position = start;
  return new ReadableStream({
    async pull(controller) {
      try {
        const chunk = new Uint8Array(Math.min(CHUNK, end - position));
        const { bytesRead } = await handle.read(chunk, 0, chunk.length, position);
        // The client must not take what it has for all of the part.
        if (bytesRead === 0) throw new Error('The file became shorter while it was sent');
        position += bytesRead;
        controller.enqueue(chunk.subarray(0, bytesRead));
        if (position < end) return;
        await handle.close();
        controller.close();
      } catch (error) {
        await handle.close();
        controller.error(error);
      }
    },
    cancel: () => handle.close(),
  });
}
