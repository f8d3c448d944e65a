import type { Buffer } from 'node:buffer';
import type { EtagError } from '@etag/core';
import { exchangeOf } from './exchange.ts';
import { readOf } from './read.ts';
import { writeRefusal } from './refusal.ts';
import type { NodeResponse } from './response-head.ts';

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
  // The tag of a refusal is its own, even where it is the one that was known before the handler ran.
  exchangeOf(res)?.forget();
  readOf(res)?.forget();
  return writeRefusal(res, error);
}
