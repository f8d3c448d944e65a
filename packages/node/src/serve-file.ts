import { type FileHandle, open } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { type FilePart, fileResponse, isEtagError } from '@etag/core';
import { setStatus } from './refusal.ts';
import { refuse } from './refuse.ts';
import { requestHead } from './request-head.ts';
import { NodeResponseHead } from './response-head.ts';

/**
 * Sends a file, or the part of it that Range asks for: with a weak tag of its size and time, Last-Modified, 304, 412, 416,
 * and If-Range. The fields that say what it is (Content-Type, Cache-Control) are set before, by `res.setHeader()`. So is a
 * tag of your own: a strong one lets clients that resume a download name it in If-Range.
 *
 * @param req - the request
 * @param res - its response, of which nothing is sent yet
 * @param path - of the file. It is opened as it is: check a path that is made of what a request says.
 * @returns when the file is sent and closed, or the client has hung up
 * @throws the error of node:fs where there is no such file: ENOENT, EISDIR, EACCES. Nothing is sent then.
 * @see RFC 9110 §13.1.5, §14.2, §15.3.7
 * @example
 * createServer((req, res) => serveFile(req, res.setHeader('Content-Type', 'text/html'), 'index.html'));
 */
export async function serveFile(req: IncomingMessage, res: ServerResponse, path: string | URL): Promise<void> {
  const file = await open(path);
  try {
    const stats = await file.stat();
    if (!stats.isFile()) throw Object.assign(new Error(`EISDIR: not a file: ${String(path)}`), { code: 'EISDIR' });
    const part = fileResponse(requestHead(req), new NodeResponseHead(res), stats);
    setStatus(res, part.status);
    await send(file, res, part);
  } catch (error) {
    if (!isEtagError(error)) throw error;
    res.end(refuse(res, error));
  } finally {
    await file.close();
  }
}

async function send(file: FileHandle, res: ServerResponse, { start, end }: FilePart): Promise<void> {
  if (start === end) return void res.end();
  const content = file.createReadStream({ start, end: end - 1, autoClose: false });
  try {
    await pipeline(content, res, { end: false });
  } catch (error) {
    // The client hung up: there is nobody to tell.
    if (content.errored && !isPremature(content.errored)) throw error;
    return;
  }
  if (content.bytesRead === end - start) res.end();
  // The file became shorter than its Content-Length: the client must not take what it has for all of it.
  else res.destroy();
}

function isPremature(error: Error): boolean {
  return (error as NodeJS.ErrnoException).code === 'ERR_STREAM_PREMATURE_CLOSE';
}
