import { type FieldLine, field } from '@etag/wire';

/** A server that is known by what it says of itself. */
export type Server =
  | 'nginx'
  | 'Apache'
  | 'lighttpd'
  | 'Caddy'
  | 'IIS'
  | 'Varnish'
  | 'Envoy'
  | 'Cloudflare'
  | 'CloudFront'
  | 'Fastly'
  | 'Akamai'
  | 'S3'
  | 'GitHub'
  | 'Django'
  | 'Rails'
  | 'Express'
  | 'Next.js';

/** The field, and what its value holds. */
const SIGNS: readonly [server: Server, name: string, value: RegExp][] = [
  ['Cloudflare', 'server', /^cloudflare/i],
  ['Cloudflare', 'cf-ray', /./],
  ['CloudFront', 'x-amz-cf-id', /./],
  ['Fastly', 'x-served-by', /^cache-/i],
  ['Akamai', 'server', /^Akamai/i],
  ['Akamai', 'akamai-grn', /./],
  ['Varnish', 'x-varnish', /./],
  ['Varnish', 'via', /varnish/i],
  ['Envoy', 'server', /^envoy/i],
  ['nginx', 'server', /^(nginx|openresty)/i],
  ['Apache', 'server', /^Apache(?!-Coyote)/i],
  ['lighttpd', 'server', /^lighttpd/i],
  ['Caddy', 'server', /^Caddy/i],
  ['Caddy', 'via', /caddy/i],
  ['IIS', 'server', /^Microsoft-IIS/i],
  ['S3', 'server', /^AmazonS3/i],
  ['GitHub', 'x-github-request-id', /./],
  ['Django', 'server', /^WSGIServer/i],
  // Rack::Runtime, which is part of the stack of Rails.
  ['Rails', 'x-runtime', /^\d/],
  ['Express', 'x-powered-by', /^Express/i],
  ['Next.js', 'x-powered-by', /^Next\.js/i],
];

/** All servers that are known by what they say of themselves. */
export const SERVERS: readonly Server[] = [...new Set(SIGNS.map(([server]) => server))];

/**
 * The servers that a response went through, as far as they say so; those nearest to the reader first.
 *
 * @param headers - of the response
 * @returns their names, each once
 */
export function serversOf(headers: readonly FieldLine[]): readonly Server[] {
  const found = SIGNS.filter(([, name, value]) => value.test(field(headers, name) ?? ''));
  return [...new Set(found.map(([server]) => server))];
}
