import type { ResourceState } from '@etag/core';
import type { Context, Env } from 'hono';

/** The context of a request; a middleware does not know the names of its route's parameters, and takes each as there. */
export type CurrentContext<E extends Env> = Context<E, `/:${string}`>;

/** Finds the validators of the resource that a request is for; null or undefined when there is no current representation. */
export type Current<E extends Env> = (
  c: CurrentContext<E>,
) => ResourceState | null | undefined | Promise<ResourceState | null | undefined>;
