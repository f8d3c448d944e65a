import { middleware as tags } from '@etag/fetch';
import type { MiddlewareFunction } from 'react-router';
import { NOTE, save } from './note.ts';

// A resource route, as a file of an application is.

const tagged = tags();
export const middleware: MiddlewareFunction<Response>[] = [({ request }, next) => tagged(request, next)];
export const loader = () => Response.json(NOTE);
export const action = ({ request }: { request: Request }) => save(request);
