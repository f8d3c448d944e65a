import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  type Circumstances,
  evaluateRead,
  findReadState,
  isRead,
  type ReadOptions,
  type ResourceState,
} from '@etag/core';
import { type Exchange, intercepted } from './exchange.ts';
import { fail, goOn, type Next } from './next.ts';

/** Finds the validators of the resource that a request is for; null or undefined when there is no current representation. */
export type Current<Request extends IncomingMessage = IncomingMessage> = (
  req: Request,
  res: ServerResponse,
) => ResourceState | null | undefined | Promise<ResourceState | null | undefined>;

/**
 * Evaluates the preconditions of a read on validators that are known before the handler runs, and gives them to the
 * response.
 *
 * @param exchange - of the response
 * @param state - null or undefined when there is no current representation
 * @param circumstances - who is told of the decision
 * @returns whether the client has that state: the response is a 304, still to be ended
 * @throws PreconditionFailedError (412)
 * @see RFC 9110 §13.2
 */
export function evaluateCurrent(
  exchange: Exchange,
  state: ResourceState | null | undefined,
  circumstances?: Circumstances,
): boolean {
  exchange.onDecision ??= circumstances?.onDecision;
  exchange.hasState = true;
  if (state == null) return false;
  const decision = evaluateRead(exchange.request, state, 200, circumstances);
  if (decision.outcome === 'proceed') {
    exchange.add({ decision, state, isSettled: false });
    return false;
  }
  exchange.notModified({ decision, state, isSettled: decision.reason === 'matched' });
  // The type of the content is not known. As text it gets the Vary of whatever compression() codes; no 304 has a type.
  if (exchange.head.get('content-type') === null) exchange.head.set('content-type', 'text/plain');
  return true;
}

/** Validators first: on a match the handler never runs. */
export async function current<Request extends IncomingMessage>(
  req: Request,
  res: ServerResponse,
  next: Next,
  find: Current<Request>,
  options: ReadOptions,
): Promise<unknown> {
  // Only a read can be spared; precondition() guards a write.
  if (!isRead(req.method ?? '')) return goOn(res, next);
  try {
    const circumstances = { onDecision: options.onDecision, handlerRan: false };
    const exchange = intercepted(req, res);
    const found = findReadState(exchange.request, () => find(req, res), options, circumstances);
    // To wait for what is there would cost a turn.
    const state = found instanceof Promise ? await found : found;
    if (evaluateCurrent(exchange, state, circumstances)) return void res.end();
  } catch (error) {
    return fail(res, next, error);
  }
  return goOn(res, next);
}
