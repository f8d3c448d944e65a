import type { ResourceState } from '@etag/core';
import type { ExecutionContext, Type } from '@nestjs/common';
import { ContextIdFactory, type ModuleRef } from '@nestjs/core';

/** The validators of a resource; null or undefined when there is no current representation. */
export type State = ResourceState | null | undefined;

/** A provider that finds the validators of the resource that a request is for. */
export interface CurrentState {
  /**
   * Finds the validators.
   *
   * @param context - of the request, after guards and pipes
   */
  current(context: ExecutionContext): State | Promise<State>;
}

/** The class of such a provider, or a function that gets what it needs from the `ModuleRef`. */
export type Current =
  | Type<CurrentState>
  | ((moduleRef: ModuleRef, context: ExecutionContext) => State | Promise<State>);

/** Finds the validators of the resource that a request is for. */
export function findCurrent(current: Current, moduleRef: ModuleRef, context: ExecutionContext): State | Promise<State> {
  return isProvider(current) ? findByProvider(current, moduleRef, context) : current(moduleRef, context);
}

async function findByProvider(
  current: Type<CurrentState>,
  moduleRef: ModuleRef,
  context: ExecutionContext,
): Promise<State> {
  // The provider may be request-scoped.
  const request: object = context.switchToHttp().getRequest();
  const contextId = ContextIdFactory.getByRequest(request);
  moduleRef.registerRequestByContextId(request, contextId);
  const provider = await moduleRef.resolve(current, contextId, { strict: false });
  return provider.current(context);
}

function isProvider(current: Current): current is Type<CurrentState> {
  return typeof current.prototype?.current === 'function';
}
