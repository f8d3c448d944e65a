import type { Server } from './server.ts';

/** What to write into the configuration of a known server. */
export interface Configuration {
  readonly server: Server;
  /** The line, or a few. */
  readonly text: string;
  /** The page of its documentation. */
  readonly source: string;
  /** Whether the tests of this repository saw it mend the finding; else it is from the documentation alone. */
  readonly isTested: boolean;
}

type Lines = Partial<Record<Server, readonly [text: string, source: string]>>;

const NGINX_GZIP = [
  'gzip off;  # in this location; compress in the application',
  'https://nginx.org/en/docs/http/ngx_http_gzip_module.html',
] as const;
const NGINX_VARY = ['gzip_vary on;', 'https://nginx.org/en/docs/http/ngx_http_gzip_module.html#gzip_vary'] as const;
const NGINX_BEFORE = [
  'if_modified_since before;',
  'https://nginx.org/en/docs/http/ngx_http_core_module.html#if_modified_since',
] as const;
const APACHE_SUFFIX = [
  'RequestHeader edit* If-None-Match -gzip\\" \\"  # mod_headers: takes the suffix of mod_deflate off again',
  'https://httpd.apache.org/docs/2.4/mod/mod_headers.html#requestheader',
] as const;
const VARNISH_GZIP = [
  'set beresp.do_gzip = false;  # in vcl_backend_response; compress in the application',
  'https://varnish-cache.org/docs/trunk/users-guide/compression.html',
] as const;
const CLOUDFLARE = [
  'Send Cache-Control: no-transform from the origin, or turn on Respect Strong ETags',
  'https://developers.cloudflare.com/cache/reference/etag-headers/',
] as const;
const CLOUDFRONT = [
  'Compress objects automatically: No  # in the cache behavior; compress in the application',
  'https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/ServingCompressedFiles.html#compressed-content-cloudfront-etag-header',
] as const;
const AKAMAI = [
  'Support Weak ETags: On  # in the behavior Validate Entity Tag',
  'https://techdocs.akamai.com/property-mgr/docs/val-entity-tag',
] as const;
const ENVOY = [
  'disable_on_etag_header: true  # in the compressor filter; compress in the application',
  'https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_filters/compressor_filter',
] as const;

/** What `configuration.test.ts` tries on a real server. */
const TESTED = new Set<string>([NGINX_GZIP[0], NGINX_VARY[0], NGINX_BEFORE[0], APACHE_SUFFIX[0]]);

/** The hops that weaken or drop the tag of what they compress. */
const WEAKENING: Lines = {
  nginx: NGINX_GZIP,
  Varnish: VARNISH_GZIP,
  Cloudflare: CLOUDFLARE,
  CloudFront: CLOUDFRONT,
  Envoy: ENVOY,
};

/** For each check and each server what mends it. */
const LINES: Record<string, Lines> = {
  'tag-missing': {
    Express: ["app.set('etag', 'weak')", 'https://expressjs.com/en/api.html#etag.options.table'],
    'Next.js': [
      'generateEtags: true  // in next.config.js',
      'https://nextjs.org/docs/app/api-reference/config/next-config-js/generateEtags',
    ],
    Django: [
      "'django.middleware.http.ConditionalGetMiddleware',  # in MIDDLEWARE of settings.py",
      'https://docs.djangoproject.com/en/stable/ref/middleware/#django.middleware.http.ConditionalGetMiddleware',
    ],
  },
  'tag-weak': {
    Rails: [
      'fresh_when strong_etag: note  # in the action',
      'https://api.rubyonrails.org/classes/ActionController/ConditionalGet.html#method-i-fresh_when',
    ],
  },
  'read-hit': { Akamai: AKAMAI },
  'read-other-form': { Akamai: AKAMAI },
  'tag-per-node': {
    Apache: ['FileETag MTime Size  # without INode', 'https://httpd.apache.org/docs/2.4/mod/core.html#fileetag'],
    lighttpd: ['etag.use-inode = "disable"', 'https://redmine.lighttpd.net/projects/lighttpd/wiki/Docs_ModStaticFile'],
  },
  'coding-tag-weakened': WEAKENING,
  'coding-tag-stripped': { Cloudflare: CLOUDFLARE, Envoy: ENVOY },
  'write-coded': WEAKENING,
  'hop-tag': WEAKENING,
  'coding-hit': { Apache: APACHE_SUFFIX },
  'coding-vary': {
    nginx: NGINX_VARY,
  },
  'coding-tag-shared': {
    Caddy: [
      'Update Caddy: the encode of current versions gives each coding a tag of its own',
      'https://caddyserver.com/docs/caddyfile/directives/encode',
    ],
  },
  'date-later': {
    nginx: NGINX_BEFORE,
  },
};

/**
 * The lines of configuration that mend a finding.
 *
 * @param id - of the check
 * @returns one for each server that is known to need one
 */
export function linesOf(id: string): readonly Configuration[] {
  return Object.entries(LINES[id] ?? {}).map(([server, [text, source]]) => {
    return { server: server as Server, text, source, isTested: TESTED.has(text) };
  });
}

/**
 * The line of configuration that mends a finding.
 *
 * @param id - of the check
 * @param servers - that the response went through
 * @returns one for the first of the servers that is known to need one; null when there is none
 */
export function configurationOf(id: string, servers: readonly Server[]): Configuration | null {
  const lines = linesOf(id);
  const found = servers.flatMap((name) => lines.find(({ server }) => server === name) ?? []);
  return found[0] ?? null;
}
