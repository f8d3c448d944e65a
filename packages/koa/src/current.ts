import type { ResourceState } from '@etag/core';
import type { ParameterizedContext } from 'koa';

/** Finds the validators of the resource that a request is for; null or undefined when there is no current representation. */
export type Current<StateT, ContextT> = (
  ctx: ParameterizedContext<StateT, ContextT>,
) => ResourceState | null | undefined | Promise<ResourceState | null | undefined>;
