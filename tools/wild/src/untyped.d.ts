// These bring no types, and nothing here depends on theirs.
declare module '@koa/cors';
declare module 'connect-timeout';
declare module 'cookie-parser';
declare module 'express-session';
declare module 'koa-logger';
declare module 'koa-ratelimit';
declare module 'koa-response-time';
declare module 'koa-session';
declare module 'koa-static';
declare module 'morgan';
declare module 'response-time';
