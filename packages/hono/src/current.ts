import type { ResourceState } from '@etag/core';
import type { Context, Env } from 'hono';

/** Finds the validators of the resource that a request is for; null or undefined when there is no current representation. */
export type Current<E extends Env> = (
  // biome-ignore lint/suspicious/noExplicitAny: a middleware does not know the path of the route that it will stand in
  c: Context<E, any>,
) => ResourceState | null | undefined | Promise<ResourceState | null | undefined>;
