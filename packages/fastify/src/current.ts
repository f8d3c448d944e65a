import { type Circumstances, findReadState, isRead, type ReadOptions, type ResourceState } from '@etag/core';
import type { FastifyRequest, HookHandlerDoneFunction, RouteGenericInterface } from 'fastify';
import { circumstances } from './circumstances.ts';
import { notModified, readOfReply } from './finish.ts';
import { type AnyReply, type AnyRequest, requestHead } from './head.ts';

/** Finds the validators of the resource that a request is for; null or undefined when there is no current representation. */
export type Current<Route extends RouteGenericInterface = RouteGenericInterface> = (
  request: FastifyRequest<Route>,
) => ResourceState | null | undefined | Promise<ResourceState | null | undefined>;

/** The request of a route, on whatever server. */
// biome-ignore lint/suspicious/noExplicitAny: the other parameters of the type say nothing that matters here
export type RouteRequest<Route extends RouteGenericInterface> = FastifyRequest<Route, any, any, any, any, any, any>;

/**
 * Validators first: on a match the handler never runs.
 *
 * @param done - called where the validators are there at once, and the handler is to run
 * @returns a promise where they are not: Fastify goes on when it resolves
 */
export function current<Route extends RouteGenericInterface>(
  request: RouteRequest<Route>,
  reply: AnyReply,
  find: Current<Route>,
  options: ReadOptions,
  done: HookHandlerDoneFunction,
): Promise<unknown> | undefined {
  // Only a read can be spared; precondition() guards a write.
  if (!isRead(request.method) || request.routeOptions.config.etag === false) return void done();
  const seen = circumstances(request, options);
  const found = findReadState(requestHead(request), () => find(request), options, seen);
  // To a hook that returns the reply, Fastify lets nothing follow.
  if (found instanceof Promise) return found.then((state) => answerCurrent(request, reply, state, seen) && reply);
  // To wait for what is there would cost a turn.
  if (!answerCurrent(request, reply, found, seen)) done();
  return undefined;
}

/**
 * Answers 304 when the client has the state that is current; gives the reply its validators otherwise.
 *
 * @param request - the request, a read
 * @param reply - its reply, of which nothing is sent yet
 * @param state - null or undefined when there is no current representation
 * @param seen - who is told of the decision
 * @returns whether it answered
 * @throws PreconditionFailedError (412) when If-Match or If-Unmodified-Since fails
 * @throws TypeError when the state is not one
 * @see RFC 9110 §13.2.2
 */
export function answerCurrent(
  request: AnyRequest,
  reply: AnyReply,
  state: ResourceState | null | undefined,
  seen?: Circumstances,
): boolean {
  const read = readOfReply(request, reply, seen);
  read.hasState = true;
  if (state == null || !read.evaluateState(state, seen)) return false;
  notModified(reply, read);
  reply.send();
  return true;
}
