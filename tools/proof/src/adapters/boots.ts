import type { Application, Compression, Running } from 'adapter-suite';
import { adapters } from '../../../adapters.ts';

/** An adapter under one framework. */
export interface Booted {
  /** Such as `nestjs on fastify`. */
  readonly name: string;
  /** Where the compression of its framework can stand. */
  readonly compression: readonly Compression[];
  boot(application: Application): Promise<Running>;
}

type BootOn = (application: Application, platform?: string) => Promise<Running>;

/** All adapters, each as its own tests boot it. */
export async function bootedAdapters(): Promise<Booted[]> {
  const all = adapters.map(async ({ name, compression, platforms = [undefined] }) => {
    const { boot } = (await import(`../../../../packages/${name}/test/boot.ts`)) as { boot: BootOn };
    return platforms.map((platform) => ({
      name: platform ? `${name} on ${platform}` : name,
      compression,
      boot: (application: Application) => boot(application, platform),
    }));
  });
  return (await Promise.all(all)).flat();
}
