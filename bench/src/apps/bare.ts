import type { RequestListener } from 'node:http';

/** What answers 304 to everything: Node alone, with the tag that was sent, and no decision. */
export const bare: RequestListener = (request, response) => {
  response.writeHead(304, { etag: request.headers['if-none-match'] });
  response.end();
};
