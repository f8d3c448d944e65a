import type { Application, Compression, Running } from 'adapter-suite';
import { adapters } from '../../adapters.ts';

/** An adapter on one platform. */
export interface Column {
  readonly name: string;
  /** Where its compression stands in a row about codings; null where the framework has none. */
  readonly compression: Compression | null;
  boot(application: Application): Promise<Running>;
}

/** Every adapter, on each platform that it has. */
export const columns: readonly Column[] = adapters.flatMap(({ name, compression, platforms = [undefined] }) =>
  platforms.map((platform) => ({
    name: platform === undefined ? name : `${name} on ${platform}`,
    compression: compression.includes('inside') ? ('inside' as const) : null,
    async boot(application: Application) {
      const { boot } = await import(`../../../packages/${name}/test/boot.ts`);
      return boot(application, platform) as Promise<Running>;
    },
  })),
);
