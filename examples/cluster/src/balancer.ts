/**
 * The configuration of nginx. It says on each answer where that came from: `X-Upstream: 127.0.0.1:4001, 127.0.0.1:4002` is
 * the answer of the second, after the first gave none.
 *
 * @param nodes - their ports
 * @see https://nginx.org/en/docs/http/ngx_http_upstream_module.html
 * @see https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_next_upstream
 */
export const balancer = (nodes: readonly number[]) => (port: number) =>
  `
  upstream nodes {
    ${nodes.map((node) => `server 127.0.0.1:${node} max_fails=1 fail_timeout=10s;`).join('\n    ')}
    keepalive 64;
    # Shorter than the 5 s after which Node's server closes: a write that is sent just then has an unknown outcome.
    keepalive_timeout 4s;
  }
  server {
    listen 127.0.0.1:${port};
    proxy_http_version 1.1;
    proxy_set_header Connection "";
    add_header X-Upstream $upstream_addr always;

    # A read goes on to the next node when one does not answer.
    location / {
      error_page 418 = @write;
      if ($request_method !~ ^(GET|HEAD)$) { return 418; }
      proxy_pass http://nodes;
      proxy_next_upstream error timeout;
    }
    # A write does not: nginx takes PUT for idempotent, but sent twice with If-Match, it collides with itself.
    location @write {
      proxy_pass http://nodes;
      proxy_next_upstream off;
    }
  }`;
