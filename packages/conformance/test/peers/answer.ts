import { readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { formatHttpDate, isRead, type RequestHead } from '@etag/core';
import { type PlainAnswer, plainAnswer, requestFields, stateOf } from '../../src/fixture.ts';

/** A peer under test: what one file of this folder exports. */
export interface Peer {
  name: string;
  /** The packages that were installed, and their versions. */
  version: string;
  /** Ids of failures that say most about the peer; the run has to find each of them. */
  telling: readonly string[];
  /** What the peer can be asked, by the ids of vectors and scenarios. @default everything */
  only?: RegExp;
  /** What a reader of the figures has to know. */
  note?: string;
  start(): Promise<{ origin: string; close(): void }>;
}

/**
 * What the handler of `/state` and `/content` sends, the same for every peer: the plain answer, and on `/state` the
 * validators of what is read, for the peer to make use of. To a write it adds none, because a peer that took them for
 * those of the response would be blamed for the handler.
 *
 * @param url - the request target, or the whole URL
 */
export function answer(request: RequestHead, url: string): PlainAnswer {
  const plain = plainAnswer(request, url);
  const { status, headers } = plain;
  const state = new URL(url, 'http://localhost').pathname === '/state' ? stateOf(url) : null;
  if (isRead(request.method) && (status === 200 || status === 206)) {
    if (state?.etag) headers.etag = state.etag;
    if (state?.lastModified != null) headers['last-modified'] = formatHttpDate(state.lastModified);
  }
  return plain;
}

/** Sets the request fields that the path of the fixture asks for, before anything else sees the request. */
export function rewrite(request: IncomingMessage): void {
  Object.assign(request.headers, requestFields(request.url ?? ''));
}

/**
 * The names and versions of packages as they are installed, such as `koa 3.3.0`. Read from the file: not every package
 * exports its package.json.
 */
export function installed(...names: string[]): string {
  const versions = names.map((name) => {
    const manifest = new URL(`../../node_modules/${name}/package.json`, import.meta.url);
    return `${name} ${JSON.parse(readFileSync(manifest, 'utf8')).version}`;
  });
  return versions.join(' + ');
}
