import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { type AbstractHttpAdapter, HttpAdapterHost } from '@nestjs/core';
import { type EtagModuleOptions, MODULE_OPTIONS_TOKEN } from './module-options.ts';
import type { Platform } from './platform.ts';

const PLATFORMS: Record<string, () => Promise<{ platform(adapter: AbstractHttpAdapter): Platform }>> = {
  express: () => import('./platform/express.ts'),
  fastify: () => import('./platform/fastify.ts'),
};

/** The token of the `PlatformHost`. */
export const PLATFORM = Symbol.for('@etag/nestjs platform');

/** Holds the platform of the application from its start on: a testing module has its providers before its adapter. */
@Injectable()
export class PlatformHost implements OnModuleInit {
  platform!: Platform;

  constructor(
    @Inject(HttpAdapterHost) private readonly adapterHost: HttpAdapterHost,
    @Inject(MODULE_OPTIONS_TOKEN) readonly options: EtagModuleOptions,
  ) {}

  get adapter(): AbstractHttpAdapter {
    return this.adapterHost.httpAdapter;
  }

  async onModuleInit(): Promise<void> {
    // An application without HTTP has none.
    const type = this.adapter?.getType?.();
    if (type) this.platform = await load(type, this.adapter);
  }
}

async function load(type: string, adapter: AbstractHttpAdapter): Promise<Platform> {
  const importPlatform = PLATFORMS[type];
  if (!importPlatform) throw new Error(`EtagModule is for Express and for Fastify; this application runs on ${type}.`);
  const { platform } = await importPlatform().catch((cause) => {
    throw new Error(`EtagModule cannot load @etag/${type}. Install it: npm install @etag/${type}`, { cause });
  });
  return platform(adapter);
}
