import { connect, createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { type Booted, bootedAdapters } from '../adapters/boots.ts';
import { tryWire } from './part.ts';

/** What a server may do wrong, done to its bytes on their way: each a character. */
const FAULTS: readonly { readonly mistake: string; readonly found: string; alter(text: string): string }[] = [
  {
    mistake: 'a 304 says how long its content would be',
    found: 'a 304 with Content-Length',
    alter: (text) => text.replaceAll(' 304 Not Modified\r\n', ' 304 Not Modified\r\nContent-Length: 5\r\n'),
  },
  {
    mistake: 'a 304 has content',
    found: 'not a status line',
    alter: (text) => text.replace(/( 304 Not Modified\r\n(?:[^\r]+\r\n)*\r\n)/g, '$1hello'),
  },
  {
    mistake: 'a 204 is chunked',
    found: 'a 204 with Transfer-Encoding',
    alter: (text) => text.replaceAll(' 204 No Content\r\n', ' 204 No Content\r\nTransfer-Encoding: chunked\r\n'),
  },
  {
    mistake: 'a tag is written as UTF-8',
    found: String.raw`tag "\"cafÃ©\"", not "\"café\""`,
    alter: (text) => text.replaceAll('caf\xe9"', 'caf\xc3\xa9"'),
  },
  {
    mistake: 'content is cut to as many bytes as it has characters',
    found: 'content "hÃ©llo',
    alter: (text) =>
      text.replaceAll('ontent-Length: 10', 'ontent-Length: 7').replaceAll('ontent-length: 10', 'ontent-length: 7'),
  },
  {
    mistake: 'a tag ends its line',
    found: 'injected: X-Injected: 1',
    alter: (text) =>
      text.replaceAll(' 500 Internal Server Error\r\n', ' 500 Internal Server Error\r\nX-Injected: 1\r\n'),
  },
  {
    mistake: 'a refusal keeps the trailer of what it refuses',
    found: 'a 412 with Trailer',
    alter: (text) =>
      text.replaceAll(' 412 Precondition Failed\r\n', ' 412 Precondition Failed\r\nTrailer: Server-Timing\r\n'),
  },
];

/** A server whose bytes are altered. */
function altered({ boot, ...booted }: Booted, alter: (text: string) => string): Booted {
  return {
    ...booted,
    async boot(application) {
      const inner = await boot(application);
      const server = createServer((socket) => {
        const { hostname, port } = new URL(inner.origin);
        const upstream = connect({ host: hostname, port: Number(port) });
        socket.pipe(upstream);
        upstream.on('data', (bytes) => socket.write(alter(bytes.toString('latin1')), 'latin1'));
        upstream.on('end', () => socket.end());
        socket.on('error', () => upstream.destroy());
        upstream.on('error', () => socket.destroy());
      });
      await new Promise<void>((resolve) => server.listen(0, resolve));
      const { port } = server.address() as { port: number };
      return {
        origin: `http://localhost:${port}`,
        close: async () => {
          server.close();
          await inner.close();
        },
      };
    },
  };
}

describe('the wire', async () => {
  const [, node] = (await bootedAdapters()) as [Booted, Booted];

  it('is right as it is', async () => {
    expect(node.name).toBe('node');
    const results = await tryWire(altered(node, (text) => text));
    expect(results.flatMap(({ wrong }) => wrong)).toEqual([]);
    expect(results.every(({ cases }) => cases > 0)).toBe(true);
  });

  it.each(FAULTS)('shows that $mistake', async ({ alter, found }) => {
    const results = await tryWire(altered(node, alter));
    expect(results.flatMap(({ wrong }) => wrong).some((line) => line.includes(found))).toBe(true);
  });
});
