import type { Circumstances, EtagError, ObserveOptions, ReadOptions, RequestHead } from '@etag/core';
import type { ArgumentsHost } from '@nestjs/common';
import type { State } from './current.ts';

/** What differs between Express and Fastify. The work is that of `@etag/express` and of `@etag/fastify`. */
export interface Platform {
  /** The head of the request, with the fields that middleware may have rewritten. */
  requestHead(host: ArgumentsHost): RequestHead;
  /** What is known of a decision, for those who are told of it. */
  circumstances(host: ArgumentsHost, options: ObserveOptions, handlerRan: boolean): Circumstances;
  /** Tags a response by its content, and evaluates its preconditions, when it is sent. */
  finish(host: ArgumentsHost, options: ReadOptions): void;
  /**
   * Answers 304 when the client has the state that is current; gives the response its validators otherwise.
   *
   * @param seen - who is told of the decision
   * @returns whether it answered
   * @throws PreconditionFailedError (412) when If-Match or If-Unmodified-Since fails
   */
  answerCurrent(host: ArgumentsHost, state: State, seen: Circumstances): boolean;
  /** Sends the response that an error carries. */
  refuse(host: ArgumentsHost, error: EtagError): void;
}
