import type { RequestListener } from 'node:http';
import { createRequire } from 'node:module';
import type { etag as expressEtag } from '@etag/express';
import type { etag as koaEtag } from '@etag/koa';

// Peers whose types are not installed here: as much of them as the applications use.
const require = createRequire(import.meta.url);

export type Middleware = ReturnType<typeof koaEtag>;

interface KoaApp {
  use(middleware: Middleware): void;
  callback(): RequestListener;
}

export const Koa = require('koa') as new () => KoaApp;

type ExpressHandler = ReturnType<typeof expressEtag>;

/** Express lists what it answers requests with by its own properties: the app is the listener itself. */
interface ExpressApp extends RequestListener {
  use(handler: ExpressHandler): void;
  get(path: string, ...handlers: ExpressHandler[]): void;
  put(path: string, ...handlers: ExpressHandler[]): void;
  disable(setting: 'etag'): void;
}

export const express = require('express') as () => ExpressApp;
