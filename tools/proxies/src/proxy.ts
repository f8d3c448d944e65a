import { startApache, startCaddy, startHaproxy, startNginx, startVarnish, type WebServer } from 'servers';

/** A proxy, and how to start it in front of an application. */
export interface CompressingProxy {
  readonly name: string;
  /** What makes it compress, in its own words. */
  readonly setting: string;
  /** @param application - the port to pass requests on to */
  start(application: number): Promise<WebServer>;
}

/** A proxy that weakens tags, and the lines that take it back. */
export interface MendedProxy extends CompressingProxy {
  /** What to add, and where. */
  readonly lines: string;
}

const TYPE = 'application/json';

function nginx(application: number, http = '', location = ''): Promise<WebServer> {
  return startNginx(
    (port) => `
      gzip on;
      gzip_types ${TYPE};
      ${http}
      server {
        listen 127.0.0.1:${port};
        location / {
          proxy_pass http://127.0.0.1:${application};
          ${location}
        }
      }`,
  );
}

function haproxy(application: number, lines = ''): Promise<WebServer> {
  return startHaproxy(
    (port) => `
listen notes
  bind 127.0.0.1:${port}
  compression algo gzip
  compression type ${TYPE}
  ${lines}
  server application 127.0.0.1:${application}`,
  );
}

function varnish(application: number, lines = ''): Promise<WebServer> {
  return startVarnish(`
    backend application { .host = "127.0.0.1"; .port = "${application}"; }
    ${lines}
    sub vcl_backend_response {
      if (beresp.http.Content-Type ~ "json") { set beresp.do_gzip = true; }
    }`);
}

function apache(application: number): Promise<WebServer> {
  return startApache(
    ['proxy', 'proxy_http', 'filter', 'deflate'],
    () => `
      ProxyPass / http://127.0.0.1:${application}/
      AddOutputFilterByType DEFLATE ${TYPE}`,
  );
}

function caddy(application: number): Promise<WebServer> {
  return startCaddy(`reverse_proxy 127.0.0.1:${application}\nencode zstd gzip`);
}

/** Proxies that compress what passes through. */
export const proxies: readonly CompressingProxy[] = [
  { name: 'nginx', setting: '`gzip on`', start: (application) => nginx(application) },
  { name: 'HAProxy', setting: '`compression`', start: (application) => haproxy(application) },
  { name: 'Varnish', setting: '`do_gzip`', start: (application) => varnish(application) },
  { name: 'Apache', setting: 'mod_deflate', start: apache },
  { name: 'Caddy', setting: '`encode`', start: caddy },
];

const NGINX_HTTP = `map $http_if_match $strong_if_match {
  default $http_if_match;
  "~^W/(?<strong>.+)$" $strong;
}`;
const NGINX_LOCATION = 'proxy_set_header If-Match $strong_if_match;';
const HAPROXY_LINE = 'http-request replace-header If-Match ^W/(.*)$ \\1';
const VARNISH_LINES = `sub vcl_recv {
  if (req.http.If-Match) {
    set req.http.If-Match = regsub(req.http.If-Match, "^W/", "");
  }
}`;

/** The same proxies, where they weaken tags, with lines that take it back on the way to the application. */
export const mended: readonly MendedProxy[] = [
  {
    name: 'nginx',
    setting: '`gzip on`',
    lines: `# http\n${NGINX_HTTP}\n# location\n${NGINX_LOCATION}`,
    start: (application) => nginx(application, NGINX_HTTP, NGINX_LOCATION),
  },
  {
    name: 'HAProxy',
    setting: '`compression`',
    lines: `# listen or backend\n${HAPROXY_LINE}`,
    start: (application) => haproxy(application, HAPROXY_LINE),
  },
  {
    name: 'Varnish',
    setting: '`do_gzip`',
    lines: VARNISH_LINES,
    start: (application) => varnish(application, VARNISH_LINES),
  },
];
