import type { ContentTagOptions, EtagError, ResourceState } from '@etag/core';
import { type ArgumentsHost, Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { type AbstractHttpAdapter, HttpAdapterHost } from '@nestjs/core';

/** What differs between Express and Fastify. The work is that of `@etag/express` and of `@etag/fastify`. */
export interface Platform {
  /** Has a response tagged by its content, and its preconditions evaluated, when it is sent. */
  tag(host: ArgumentsHost, options: ContentTagOptions): void;
  /**
   * Evaluates the preconditions of a read for validators that are known now, and adds these to the response.
   *
   * @returns true when the client has that state: the 304 is sent
   * @throws PreconditionFailedError
   */
  evaluate(host: ArgumentsHost, state: ResourceState): Promise<boolean>;
  /** Sends the response that an error carries. */
  refuse(host: ArgumentsHost, error: EtagError): void;
}

const PLATFORMS: Record<string, () => Promise<{ platform(adapter: AbstractHttpAdapter): Platform }>> = {
  express: () => import('./platform/express.js'),
  fastify: () => import('./platform/fastify.js'),
};

/** Holds the platform of the application from its start on: a testing module has its providers before its adapter. */
@Injectable()
export class PlatformHost implements OnModuleInit {
  platform!: Platform;

  constructor(@Inject(HttpAdapterHost) private readonly adapterHost: HttpAdapterHost) {}

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
