import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { etag } from '@etag/hono';
import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { atom, newsOf } from './feed.ts';

/** What a server counts. */
export interface Count {
  requests: number;
  notModified: number;
  /** The bytes of content that it did not have to send. */
  savedBytes: number;
}

/** Serves the feeds, each of which changes with the number of times it was asked for. */
export async function serveFeeds() {
  const polls = new Map<number, number>();
  const count: Count = { requests: 0, notModified: 0, savedBytes: 0 };
  const app = new Hono<{ Variables: { length: number } }>();

  app.use(async (c, next) => {
    await next();
    count.requests++;
    if (c.res.status !== 304) return;
    count.notModified++;
    count.savedBytes += c.get('length');
  });
  app.use(etag());
  app.get('/feeds/:feed', (c) => {
    const feed = Number(c.req.param('feed'));
    const before = polls.get(feed) ?? 0;
    polls.set(feed, before + 1);
    const content = atom(feed, newsOf(feed, before));
    c.set('length', Buffer.byteLength(content));
    return c.body(content, 200, { 'Content-Type': 'application/atom+xml; charset=utf-8' });
  });

  const server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }) as Server;
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => sockets.add(socket));
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    count,
    /** All bytes sent so far, heads and content. */
    sentBytes: () => [...sockets].reduce((sum, { bytesWritten }) => sum + bytesWritten, 0),
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
