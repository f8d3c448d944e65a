import { type Circumstances, findReadState, type ReadOptions, type ResourceState } from '@etag/core';
import { requestHead } from '@etag/node';
import type { ExtendableContext, Next, ParameterizedContext } from 'koa';
import { circumstances } from './circumstances.ts';
import { finish, readOfContext } from './finish.ts';

/** Finds the validators of the resource that a request is for; null or undefined when there is no current representation. */
export type Current<StateT, ContextT> = (
  ctx: ParameterizedContext<StateT, ContextT>,
) => ResourceState | null | undefined | Promise<ResourceState | null | undefined>;

/**
 * Validators first: on a match the handler never runs. Koa turns a synchronous throw into a rejection.
 */
export function current<StateT, ContextT>(
  ctx: ParameterizedContext<StateT, ContextT>,
  next: Next,
  find: Current<StateT, ContextT>,
  options: ReadOptions,
): Promise<void> {
  const seen = circumstances(ctx, options);
  const found = findReadState(requestHead(ctx.req), () => find(ctx), options, seen);
  // To wait for what is there would cost a turn.
  return found instanceof Promise ? found.then((state) => goOn(ctx, next, state, seen)) : goOn(ctx, next, found, seen);
}

// Not async: another promise would cost a turn.
function goOn(ctx: ExtendableContext, next: Next, state: ResourceState | null, seen: Circumstances): Promise<void> {
  // What the handler sets itself is evaluated as well.
  return answerCurrent(ctx, state, seen) ? Promise.resolve() : finish(ctx, next, null);
}

/**
 * Answers 304 when the client has the state that is current; gives the response its validators otherwise.
 *
 * @returns whether it answered
 * @throws PreconditionFailedError (412) when If-Match or If-Unmodified-Since fails
 */
function answerCurrent(ctx: ExtendableContext, state: ResourceState | null, seen: Circumstances): boolean {
  const read = readOfContext(ctx, seen);
  read.hasState = true;
  const isNotModified = state !== null && read.evaluateState(state, seen);
  if (isNotModified) ctx.status = 304;
  return isNotModified;
}
