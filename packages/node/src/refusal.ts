import { Buffer } from 'node:buffer';
import { type EtagError, toRefusal } from '@etag/core';
import { type NodeResponse, NodeResponseHead } from './response-head.ts';

/**
 * Makes a response the refusal that an error carries: its status and its fields.
 *
 * @param res - the response, before its head is written
 * @param error - a 412 or a 428, or another error of these packages
 * @returns its content, problem details. As bytes: together with a string, Node writes the head as UTF-8, and a tag may
 *   have characters beyond ASCII.
 * @see RFC 9110 §15.5.13, RFC 9457
 */
export function refuse(res: NodeResponse, error: EtagError): Buffer {
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
