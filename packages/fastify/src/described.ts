/** What a hook of this package does, for those who describe the routes that it stands on. */
export type Described = { readonly kind: 'read' } | { readonly kind: 'write'; readonly require: boolean };

// A second copy of this package reads it as well.
const DESCRIBED = Symbol.for('@etag/fastify.described');

/** Says of a hook what it does. */
export function describing<Hook extends object>(hook: Hook, described: Described): Hook {
  return Object.assign(hook, { [DESCRIBED]: described });
}

/** What a hook does; undefined for one that is not of this package. */
export function descriptionOf(hook: unknown): Described | undefined {
  return (hook as { [DESCRIBED]?: Described } | undefined)?.[DESCRIBED];
}
