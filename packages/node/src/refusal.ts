import { Buffer } from 'node:buffer';
import { type EtagError, toRefusal } from '@etag/core';
import { type NodeResponse, NodeResponseHead } from './response-head.ts';

/** Sets the status and the fields of a refusal; returns its content. */
export function writeRefusal(res: NodeResponse, error: EtagError): Buffer {
  const content = Buffer.from(JSON.stringify(error.body));
  setStatus(res, error.status);
  toRefusal(new NodeResponseHead(res).headers, error);
  res.setHeader('Content-Length', content.length);
  return content;
}

/**
 * Sets the status. The reason phrase that the handler set was meant for the other one; HTTP/2 has none.
 *
 * @param res - the response, before its head is written
 * @param status - such as 304
 */
export function setStatus(res: NodeResponse, status: number): void {
  res.statusCode = status;
  if (Object.hasOwn(res, 'statusMessage')) res.statusMessage = '';
}
