import { type ArgumentsHost, Catch } from '@nestjs/common';
import { BaseExceptionFilter } from '@nestjs/core';
import type { Response } from 'express';
import { problemOf } from './problem.ts';

/** Sends what the client got wrong as problem details; 412 and 428 are the filter's of `EtagModule`. */
@Catch()
export class ProblemFilter extends BaseExceptionFilter {
  override catch(error: unknown, host: ArgumentsHost): void {
    const problem = problemOf(error);
    const response: Response = host.switchToHttp().getResponse();
    if (problem) response.status(problem.status).type('application/problem+json').json(problem);
    else super.catch(error, host);
  }
}
