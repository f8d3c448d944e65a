import { readFileSync } from 'node:fs';
import type { AddressInfo, Server } from 'node:net';
import { createServer } from 'node:tls';
import { afterEach, describe, expect, it } from 'vitest';
import { parseResolve, resolved } from './connection.ts';
import { exchange } from './exchange.ts';

const pem = (name: string) => readFileSync(new URL(`../test/${name}.pem`, import.meta.url), 'utf8');
const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

/** A server with a certificate of `wire.test`; what it was asked for comes back as content. */
async function listening(): Promise<number> {
  const server = createServer({ key: pem('key'), cert: pem('cert'), ALPNProtocols: ['http/1.1', 'h2'] }, (socket) => {
    const { servername, alpnProtocol } = socket;
    const content = JSON.stringify({ servername, alpnProtocol });
    socket.on('error', () => {});
    socket.once('data', () => socket.end(`HTTP/1.1 200 OK\r\nContent-Length: ${content.length}\r\n\r\n${content}`));
  });
  server.on('tlsClientError', () => {});
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

const GET = { method: 'GET', path: '/', headers: [] };
const json = ({ body }: { body: Uint8Array }) => JSON.parse(Buffer.from(body).toString());

describe('over TLS', () => {
  it('speaks HTTP/1.1 to a server whose certificate the given authority signed', async () => {
    const port = await listening();
    const response = await exchange(`https://localhost:${port}`, GET, { ca: pem('cert') });
    expect(json(response)).toEqual({ servername: 'localhost', alpnProtocol: 'http/1.1' });
    expect(response.fault).toBeNull();
  });

  it('keeps the name of the URL at another address', async () => {
    const port = await listening();
    const options = { ca: pem('cert'), resolve: { 'wire.test:443': `127.0.0.1:${port}` } };
    expect(json(await exchange('https://wire.test', GET, options))).toMatchObject({ servername: 'wire.test' });
  });

  it('sends no server name for an IP address', async () => {
    const port = await listening();
    expect(json(await exchange(`https://127.0.0.1:${port}`, GET, { ca: pem('cert') })).servername).toBe(false);
  });

  it('refuses a certificate that nobody signed, unless it is told to accept any', async () => {
    const origin = `https://localhost:${await listening()}`;
    await expect(exchange(origin, GET)).rejects.toThrow(/^GET \/ at localhost:\d+: DEPTH_ZERO_SELF_SIGNED_CERT$/);
    expect((await exchange(origin, GET, { insecure: true })).status).toBe(200);
  });

  it('refuses a certificate for another name', async () => {
    const port = await listening();
    const options = { ca: pem('cert'), resolve: { 'other.test:443': `127.0.0.1:${port}` } };
    await expect(exchange('https://other.test', GET, options)).rejects.toThrow('ERR_TLS_CERT_ALTNAME_INVALID');
  });
});

describe('an address', () => {
  it.each([
    ['10.0.0.7', { host: '10.0.0.7', port: 443 }],
    ['10.0.0.7:8443', { host: '10.0.0.7', port: 8443 }],
    ['::1', { host: '::1', port: 443 }],
    ['[::1]:8443', { host: '::1', port: 8443 }],
    ['node-1.internal:8443', { host: 'node-1.internal', port: 8443 }],
  ])('may be %s', (text, expected) => {
    const resolve = parseResolve([`api.example:443=${text}`]);
    expect(resolved(new URL('https://api.example/x'), resolve)).toEqual(expected);
  });

  it('counts for its host and port only', () => {
    const resolve = parseResolve(['api.example:443=10.0.0.7', '[::1]:80=10.0.0.8']);
    expect(resolved(new URL('http://api.example/'), resolve)).toEqual({ host: 'api.example', port: 80 });
    expect(resolved(new URL('http://[::1]/'), resolve)).toEqual({ host: '10.0.0.8', port: 80 });
  });

  it.each(['api.example=10.0.0.7', 'api.example:443', ''])('is not %j', (text) => {
    expect(() => parseResolve([text])).toThrow('host:port=address');
  });
});
