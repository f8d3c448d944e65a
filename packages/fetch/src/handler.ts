import type { ResourceState } from '@etag/core';

/** A fetch-style handler: of Bun, Deno, Workers, a Next route. What comes after the request is passed on. */
export type Handler<Args extends unknown[]> = (request: Request, ...args: Args) => Response | Promise<Response>;

/** Finds the validators of the resource that a request is for; null or undefined when there is no current representation. */
export type Current<Args extends unknown[]> = (
  request: Request,
  ...args: Args
) => ResourceState | null | undefined | Promise<ResourceState | null | undefined>;
