import hapi from '@hapi/hapi';
// @ts-expect-error: @types/express is not a dependency here
import express from 'express';
// @ts-expect-error: nor is @types/koa
import Koa from 'koa';
import { available, startNginx } from 'servers';
import { listening, type Peer } from './peers.ts';

type Fields = Record<string, string>;

/** What a resource answers to a request with, or without, `If-None-Match`. */
interface Resource {
  readonly found: Fields;
  /** A status other than 304 with its fields, where it is not that. */
  readonly conditional?: { readonly status: number; readonly fields: Fields };
}

const TAG = '"v1"';

/** What servers do that clients get wrong; `elsewhere` is another origin. */
const resources = (elsewhere: string): Record<string, Resource> => ({
  '/mixed-case': { found: { ETag: TAG, 'Cache-Control': 'No-Store' } },
  '/vary-all': { found: { ETag: TAG, Vary: '*' } },
  '/weak': { found: { ETag: 'W/"v1"' } },
  '/dated': { found: { 'Last-Modified': 'Fri, 02 Jan 2026 12:00:00 GMT' } },
  '/renewed': { found: { ETag: TAG }, conditional: { status: 304, fields: { ETag: TAG, 'X-New': 'new' } } },
  '/contradicting': { found: { ETag: TAG }, conditional: { status: 304, fields: { ETag: '"v2"' } } },
  '/moving': { found: { ETag: TAG }, conditional: { status: 302, fields: { Location: `${elsewhere}/a` } } },
});

type Asked = { readonly path: string; readonly headers: Record<string, unknown> };

function answer(all: Record<string, Resource>, { path, headers }: Asked) {
  const { found, conditional } = all[path] as Resource;
  const asked = headers['if-none-match'] ?? headers['if-modified-since'];
  if (asked === undefined) return { status: 200, fields: found };
  return conditional ?? { status: asked === (found.ETag ?? found['Last-Modified']) ? 304 : 200, fields: found };
}

/** The same resources on servers that others wrote. nginx takes them as its configuration. */
export const servers: Record<string, (elsewhere: string) => Promise<Peer | null>> = {
  async 'Express 5'(elsewhere) {
    const app = express().disable('etag');
    // biome-ignore lint/suspicious/noExplicitAny: see above
    app.use((request: any, response: any) => {
      const { status, fields } = answer(resources(elsewhere), request);
      response.status(status).set(fields).send('content');
    });
    return listening(app.listen(0));
  },
  async 'Koa 3'(elsewhere) {
    const app = new Koa();
    // biome-ignore lint/suspicious/noExplicitAny: see above
    app.use((context: any) => {
      const { status, fields } = answer(resources(elsewhere), context);
      context.set(fields);
      context.body = 'content';
      context.status = status;
    });
    return listening(app.listen(0));
  },
  async 'hapi 21'(elsewhere) {
    const server = hapi.server({ port: 0 });
    server.route({
      method: 'GET',
      path: '/{path}',
      handler({ path, headers }, toolkit) {
        const { status, fields } = answer(resources(elsewhere), { path, headers });
        const response = toolkit.response(status === 304 ? undefined : 'content').code(status);
        for (const [name, value] of Object.entries(fields)) response.header(name, value);
        return response;
      },
    });
    await server.start();
    return { origin: `http://localhost:${server.info.port}`, close: () => server.stop({ timeout: 0 }) };
  },
  async nginx(elsewhere) {
    const nginx = await available('nginx', () =>
      startNginx(
        (port) =>
          `server { listen 127.0.0.1:${port}; ${Object.entries(resources(elsewhere)).map(location).join('\n')} }`,
      ),
    );
    return nginx && { origin: nginx.url, close: () => nginx.stop() };
  },
};

function location([path, { found, conditional }]: [string, Resource]): string {
  const validator = found.ETag ?? found['Last-Modified'];
  const field = found.ETag ? '$http_if_none_match' : '$http_if_modified_since';
  const { status, fields } = conditional ?? { status: 304, fields: found };
  const condition = conditional ? `${field}` : `${field} = '${validator}'`;
  const add = (fields: Fields) =>
    Object.entries(fields)
      .map(([name, value]) => `add_header ${name} '${value}';`)
      .join(' ');
  const { Location, ...others } = fields;
  return `location = ${path} {
    if (${condition}) { ${add(others)} return ${status}${Location ? ` ${Location}` : ''}; }
    ${add(found)}
    return 200 content;
  }`;
}
