import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { runServer } from 'verdaccio';
import { plainEnvironment, succeed } from './program.ts';

/** Yarn in its strict mode, in which nothing can be imported that is not declared. YAML takes JSON. */
const YARN = {
  nodeLinker: 'pnp',
  enableTelemetry: false,
  // Ours were published a moment ago.
  npmPreapprovedPackages: ['@etag/*'],
  unsafeHttpWhitelist: ['127.0.0.1'],
};

/** A registry of our own, which has our packages and no others. */
export interface Registry {
  readonly url: string;
  /** Arguments for an npm that publishes to it. */
  readonly args: readonly string[];
  /** Makes a folder one whose packages of ours come from here; all others come from where npm gets them. */
  serve(project: string): void;
  close(): void;
}

/**
 * Starts a registry on a free port.
 *
 * @param folder - where it keeps what is published
 * @returns the registry
 */
export async function startRegistry(folder: string): Promise<Registry> {
  mkdirSync(folder);
  const config = {
    configPath: join(folder, 'config.yaml'),
    storage: folder,
    self_path: folder,
    web: { enable: false },
    auth: { htpasswd: { file: join(folder, 'htpasswd') } },
    uplinks: {},
    packages: { '**': { access: '$all', publish: '$all', unpublish: '$all' } },
    publish: { allow_offline: true },
    log: { type: 'stdout', format: 'pretty', level: 'fatal' },
  };
  const server: Server = await runServer(config as unknown as Parameters<typeof runServer>[0]);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const url = `http://${host}/`;
  const others = await succeed('npm', ['config', 'get', 'registry'], { cwd: folder, env: plainEnvironment });
  const yarn = {
    npmRegistryServer: others.trim(),
    npmScopes: { etag: { npmRegistryServer: url } },
    // Its cache takes what has the same name and version for the same.
    globalFolder: join(folder, 'yarn'),
  };
  return {
    url,
    args: [`--//${host}/:_authToken=anybody`],
    serve(project) {
      writeFileSync(join(project, '.npmrc'), `@etag:registry=${url}\n`);
      writeFileSync(join(project, '.yarnrc.yml'), JSON.stringify({ ...YARN, ...yarn }));
      // Without one, Yarn looks for a project further up.
      writeFileSync(join(project, 'yarn.lock'), '');
    },
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
