import type { Server } from '../src/server.ts';
import type { Entry } from './archive.ts';

// Exchanges with servers that do not run here, written from what their documentation or their users say of them.

interface KnownServer {
  readonly server: Server;
  /** The page that says what the server does. */
  readonly source: string;
  readonly exchanges: readonly Entry[];
  /** What is found, the worst first. */
  readonly ids: readonly string[];
}

const GZIP = { 'accept-encoding': 'gzip' };
const CODED = { 'content-encoding': 'gzip', vary: 'Accept-Encoding' };

/** A read without a coding, and one with: what a hop that compresses makes of the tag. */
function compressed(fields: Readonly<Record<string, string>>, tag: string | null): Entry[] {
  return [
    { fields: { ...fields, etag: '"v7"', vary: 'Accept-Encoding' } },
    { asked: GZIP, fields: { ...fields, ...CODED, ...(tag && { etag: tag }) } },
    { asked: { 'if-none-match': '"v7"' }, status: 304, fields: { ...fields, etag: '"v7"', vary: 'Accept-Encoding' } },
  ];
}

/** A read, and its revalidation. */
function revalidated(fields: Readonly<Record<string, string>>, etag: string, answer: Omit<Entry, 'asked'>): Entry[] {
  return [{ fields: { ...fields, etag } }, { asked: { 'if-none-match': etag }, ...answer }];
}

const CLOUDFLARE = { server: 'cloudflare', 'cf-ray': '8f1c0d2e3a4b5c6d-FRA', 'cf-cache-status': 'DYNAMIC' };
const CLOUDFRONT = { via: '1.1 0a1b2c3d.cloudfront.net (CloudFront)', 'x-amz-cf-id': 'q1w2e3r4t5==' };
const ENVOY = { server: 'envoy', 'x-envoy-upstream-service-time': '3' };
const FASTLY = { 'x-served-by': 'cache-fra-eddf8230024-FRA', 'x-cache': 'MISS' };
const AKAMAI = { server: 'AkamaiGHost', 'akamai-grn': '0.1a2b3c4d.1700000000.5e6f7a8b' };
const S3 = { server: 'AmazonS3', 'x-amz-request-id': '0A1B2C3D4E5F' };
const GITHUB = { 'x-github-request-id': 'C0DE:1234:5678:9ABC:DEF0' };
const IIS = { server: 'Microsoft-IIS/10.0' };
const RAILS = { 'x-runtime': '0.004321', 'x-request-id': '6f1c0d2e-3a4b-4c5d-8e6f-7a8b9c0d1e2f' };

export const knownServers: readonly KnownServer[] = [
  {
    server: 'Cloudflare',
    source: 'https://developers.cloudflare.com/cache/reference/etag-headers/',
    exchanges: compressed(CLOUDFLARE, 'W/"v7"'),
    ids: ['coding-tag-weakened'],
  },
  {
    server: 'CloudFront',
    source:
      'https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/ServingCompressedFiles.html#compressed-content-cloudfront-etag-header',
    exchanges: compressed(CLOUDFRONT, 'W/"v7"'),
    ids: ['coding-tag-weakened'],
  },
  {
    server: 'Envoy',
    source: 'https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_filters/compressor_filter',
    exchanges: compressed(ENVOY, null),
    ids: ['coding-tag-stripped'],
  },
  {
    server: 'Akamai',
    source: 'https://techdocs.akamai.com/property-mgr/docs/val-entity-tag',
    exchanges: revalidated(AKAMAI, 'W/"v7"', { fields: { ...AKAMAI, etag: 'W/"v7"' } }),
    ids: ['read-hit'],
  },
  {
    server: 'Fastly',
    source: 'https://www.fastly.com/documentation/guides/concepts/compression/',
    exchanges: revalidated(FASTLY, '"v7"', { status: 304, fields: { ...FASTLY, etag: '"v7"' } }),
    ids: [],
  },
  {
    server: 'S3',
    source: 'https://docs.aws.amazon.com/AmazonS3/latest/API/API_Object.html',
    exchanges: revalidated(S3, '"d41d8cd98f00b204e9800998ecf8427e-3"', {
      status: 304,
      fields: { ...S3, etag: '"d41d8cd98f00b204e9800998ecf8427e-3"' },
    }),
    ids: ['tag-of-parts'],
  },
  {
    // Weak on the 200, strong on the 304: the same tag by the weak comparison.
    server: 'GitHub',
    source: 'https://github.com/karpetrosyan/hishel/issues/466',
    exchanges: revalidated(GITHUB, 'W/"abc"', { status: 304, fields: { ...GITHUB, etag: '"abc"' } }),
    ids: [],
  },
  {
    server: 'IIS',
    source: 'https://learn.microsoft.com/en-us/iis/configuration/system.webserver/staticcontent/clientcache',
    exchanges: revalidated(IIS, '"1db4e0a1b2c3d4e:0"', {
      status: 304,
      fields: { ...IIS, etag: '"1db4e0a1b2c3d4e:0"' },
    }),
    ids: [],
  },
  {
    // Weak unless asked for otherwise; nothing to find where nobody writes or asks for ranges.
    server: 'Rails',
    source: 'https://api.rubyonrails.org/classes/ActionController/ConditionalGet.html#method-i-fresh_when',
    exchanges: revalidated(RAILS, 'W/"v7"', { status: 304, fields: { ...RAILS, etag: 'W/"v7"' } }),
    ids: [],
  },
];
