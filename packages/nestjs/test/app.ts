import type { AddressInfo } from 'node:net';
import type { INestApplication, LoggerService, ModuleMetadata } from '@nestjs/common';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { afterEach, vi } from 'vitest';
import type { PlatformName } from './boot.ts';

const apps: INestApplication[] = [];
afterEach(async () => void (await Promise.all(apps.splice(0).map((app) => app.close()))));

/** What the application logged. */
export const logger = { log: vi.fn(), warn: vi.fn(), error: vi.fn() } satisfies LoggerService;
afterEach(() => vi.clearAllMocks());

/** Serves an application on a free port until the test ends; what comes back asks it, by `fetch`. */
export async function serve(
  platform: PlatformName,
  metadata: ModuleMetadata,
  configure: (app: INestApplication) => unknown = () => {},
) {
  const module = await Test.createTestingModule(metadata).setLogger(logger).compile();
  const app = module.createNestApplication(platform === 'express' ? new ExpressAdapter() : new FastifyAdapter());
  apps.push(app);
  await configure(app);
  await app.listen(0);
  const { port } = app.getHttpServer().address() as AddressInfo;
  return (path: string, headers: Record<string, string> = {}, init: RequestInit = {}) =>
    fetch(`http://localhost:${port}${path}`, { ...init, headers });
}

export { platforms } from './boot.ts';
