import type { ResourceState } from '@etag/core';
import type { FastifyRequest, RouteGenericInterface } from 'fastify';

/** Finds the validators of the resource that a request is for; null or undefined when there is no current representation. */
export type Current<Route extends RouteGenericInterface = RouteGenericInterface> = (
  request: FastifyRequest<Route>,
) => ResourceState | null | undefined | Promise<ResourceState | null | undefined>;

/** The request of a route, on whatever server. */
// biome-ignore lint/suspicious/noExplicitAny: the other parameters of the type say nothing that matters here
export type RouteRequest<Route extends RouteGenericInterface> = FastifyRequest<Route, any, any, any, any, any, any>;
