import starlight from '@astrojs/starlight';
import { defineConfig, passthroughImageService } from 'astro/config';

// SITE_URL and SITE_BASE say where the site will be: https://example.com and /etag. Links hold without them.
const { SITE_URL, SITE_BASE } = process.env;

const pages = (slugs: readonly string[], folder = '') => slugs.map((slug) => ({ slug: folder + slug }));
const folder = (label: string, directory: string) => ({
  label,
  collapsed: true,
  items: [{ autogenerate: { directory } }],
});

const guides = [
  'version-or-content',
  'weak-or-strong',
  'updated-at',
  'lists',
  'patch',
  'browser',
  'per-user',
  'cors',
  'compression',
  'proxy-and-cdn',
  'load-balancer',
  'files',
  'polling',
  'testing',
  'metrics',
  'openapi',
  'security',
];

export default defineConfig({
  ...(SITE_URL === undefined ? {} : { site: SITE_URL }),
  ...(SITE_BASE === undefined ? {} : { base: SITE_BASE }),
  trailingSlash: 'always',
  image: { service: passthroughImageService() },
  integrations: [
    starlight({
      title: '@etag',
      description: 'The toolkit for HTTP conditional requests in TypeScript.',
      lastUpdated: false,
      pagination: true,
      disable404Route: false,
      credits: false,
      components: { MarkdownContent: './src/components/MarkdownContent.astro' },
      tableOfContents: { minHeadingLevel: 2, maxHeadingLevel: 3 },
      sidebar: [
        { label: 'Start', items: pages(['start', 'why', 'try']) },
        { label: 'Guides', items: pages(guides, 'guides/') },
        {
          label: 'Migrate',
          items: pages([
            'migrate',
            ...['hono-etag', 'fastify-etag', 'koa-etag', 'express', 'express-preconditions'].map(
              (page) => `migrate/${page}`,
            ),
          ]),
        },
        {
          label: 'In depth',
          items: pages(['optimistic-locking', 'stores', 'recipes', 'behind-your-proxy', 'what-happened', 'errors']),
        },
        folder('Packages', 'packages'),
        folder('Reference', 'reference'),
        folder('Examples', 'examples'),
        {
          label: 'Evidence',
          items: pages([
            'conformance',
            'runtimes',
            'engines',
            'reliability',
            'performance',
            'performance-node-22',
            'origins',
          ]),
        },
        folder('The doctor’s checks', 'checks'),
        folder('Decisions', 'decisions'),
      ],
    }),
  ],
  vite: {
    resolve: { alias: { '@components': new URL('src/components', import.meta.url).pathname } },
    // What Starlight's components are made with has a native part, which cannot be bundled.
    ssr: { external: ['satteri'] },
    environments: { prerender: { resolve: { external: ['satteri'] } } },
  },
});
