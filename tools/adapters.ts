/** Where the framework's own compression stands: `inside` the middleware, or `outside`. */
export type Compression = 'none' | 'inside' | 'outside';

/** An adapter, and how its fixture can be started. */
export interface Adapter {
  /** Its folder under `packages/`, and its name after `@etag/`. */
  readonly name: string;
  readonly compression: readonly Compression[];
  /** What its framework can run on, if there is a choice. */
  readonly platforms?: readonly string[];
}

const alone: readonly Compression[] = ['none'];
const everywhere: readonly Compression[] = ['none', 'inside', 'outside'];

/** All adapters: every check that runs them reads this list. */
export const adapters: readonly Adapter[] = [
  { name: 'fetch', compression: alone },
  { name: 'node', compression: everywhere },
  { name: 'hono', compression: everywhere },
  { name: 'koa', compression: everywhere },
  { name: 'express', compression: everywhere },
  { name: 'fastify', compression: everywhere },
  { name: 'nestjs', compression: everywhere, platforms: ['express', 'fastify'] },
];

/** A server that runs. */
export interface Running {
  readonly origin: string;
  close(): void;
}

/**
 * Starts the fixture of an adapter, the server that its tests run the conformance suite against.
 *
 * @param name - the adapter
 * @param compression - where compression stands
 * @param platform - what the framework runs on, if there is a choice
 */
export async function startFixture(name: string, compression: Compression = 'none', platform?: string) {
  const { start } = await import(`../packages/${name}/test/fixture.ts`);
  return start(compression, platform) as Promise<Running>;
}

/**
 * The adapters that a command line asks for.
 *
 * @param names - as they were given
 * @returns their names; all, if none was given
 */
export function named(names: readonly string[]): readonly string[] {
  return names.length > 0 ? names : adapters.map(({ name }) => name);
}
