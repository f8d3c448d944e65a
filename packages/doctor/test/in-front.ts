import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { startApache, startHaproxy, startVarnish, type WebServer } from 'servers';
import { startFixture } from '../../../tools/adapters.ts';
import { contentPath } from '../../conformance/src/fixture.ts';
import { FILE, root, type Started, type Subject, TEXT, writeNote } from './subject.ts';

// Proxies in front of an origin. What is found is what a reader gets through them.

const path = contentPath({ body: JSON.stringify({ text: TEXT }), fields: [['Content-Type', 'application/json']] });

/** Starts a proxy in front of @etag/node, which is right in all that a default run looks at. */
async function inFront(start: (port: string) => Promise<WebServer>): Promise<Started> {
  const origin = await startFixture('node');
  try {
    const proxy = await start(new URL(origin.origin).port);
    return {
      url: proxy.url + path,
      version: proxy.version,
      async stop() {
        await proxy.stop();
        origin.close();
      },
    };
  } catch (error) {
    origin.close();
    throw error;
  }
}

/** Apache with the tags that it made by default before 2.4: of the inode, which is another one on each node. */
function startNode(): Promise<WebServer> {
  const folder = mkdtempSync(join(root, 'node-'));
  writeNote(folder);
  return startApache(
    [],
    () => `DocumentRoot ${folder}
      FileETag INode MTime Size
      <Directory ${folder}>\nRequire all granted\n</Directory>`,
  );
}

async function startNodes(): Promise<Started> {
  const nodes: WebServer[] = [];
  const stopAll = () => Promise.all(nodes.map((node) => node.stop()));
  try {
    while (nodes.length < 3) nodes.push(await startNode());
    const servers = nodes.map(({ port }, index) => `server node${index} 127.0.0.1:${port}`);
    const proxy = await startHaproxy(
      (port) => `listen notes\n  bind 127.0.0.1:${port}\n  balance roundrobin\n  ${servers.join('\n  ')}`,
    );
    return {
      url: `${proxy.url}/${FILE}`,
      version: proxy.version,
      async stop() {
        await proxy.stop();
        await stopAll();
      },
    };
  } catch (error) {
    await stopAll();
    throw error;
  }
}

/** Proxies, each with an origin behind it. */
export const proxies: readonly Subject[] = [
  {
    name: 'HAProxy, three nodes',
    kind: 'proxy',
    note: 'three Apache with FileETag INode MTime Size behind it, in turn',
    start: startNodes,
  },
  {
    name: 'HAProxy',
    kind: 'proxy',
    note: 'compression algo gzip; @etag/node behind it',
    start: () =>
      inFront((origin) =>
        startHaproxy(
          (
            port,
          ) => `listen notes\n  bind 127.0.0.1:${port}\n  compression algo gzip\n  compression type application/json
  server origin 127.0.0.1:${origin}`,
        ),
      ),
  },
  {
    name: 'Varnish',
    kind: 'proxy',
    note: 'do_gzip; @etag/node behind it',
    start: () =>
      inFront((origin) =>
        startVarnish(`backend origin { .host = "127.0.0.1"; .port = "${origin}"; }
          sub vcl_backend_response { set beresp.do_gzip = true; }`),
      ),
  },
];
