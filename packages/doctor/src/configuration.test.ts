import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { available, startApache, startNginx, type WebServer } from 'servers';
import { afterAll, describe, expect, it } from 'vitest';
import { audit } from './audit.ts';
import { configurationOf } from './configuration.ts';

// The lines that are said to mend a finding do so, on the servers that can be had here.

const root = mkdtempSync(join(tmpdir(), 'doctor-'));
const old = new Date('2024-05-01T10:00:00Z');
writeFileSync(join(root, 'note.json'), JSON.stringify({ text: 'hello '.repeat(600) }));
utimesSync(join(root, 'note.json'), old, old);
afterAll(() => rmSync(root, { recursive: true }));

const nginx = (line = '') =>
  startNginx(
    (port) => `types { application/json json; } gzip on; gzip_types application/json;
    server { listen 127.0.0.1:${port}; location / { root ${root}; ${line}\n } }`,
  );

const apache = (line = '') =>
  startApache(['mime', 'filter', 'deflate', 'headers'], (folder) => {
    writeFileSync(join(folder, 'mime.types'), 'application/json json\n');
    return `TypesConfig ${folder}/mime.types
    DocumentRoot ${root}
    <Directory ${root}>\nRequire all granted\n</Directory>
    AddOutputFilterByType DEFLATE application/json
    ${line.split('  #')[0]}`;
  });

async function idsFrom(start: () => Promise<WebServer>): Promise<readonly string[]> {
  const server = await start();
  try {
    const { findings } = await audit(`${server.url}/note.json`);
    return findings.map(({ id }) => id);
  } finally {
    await server.stop();
  }
}

describe.each([
  ['nginx', nginx, ['coding-tag-weakened', 'coding-vary', 'date-later']],
  ['Apache', apache, ['coding-hit']],
] as const)('%s', async (name, start, ids) => {
  const first = await available(name, start);
  await first?.stop();

  it.skipIf(!first).each(ids)('its line mends %s', async (id) => {
    const configuration = configurationOf(id, [name]);
    expect(configuration).toMatchObject({ server: name, isTested: true });
    expect(await idsFrom(start)).toContain(id);
    expect(await idsFrom(() => start(configuration?.text))).not.toContain(id);
  });
});

it('a server that needs no line, or is not known, gets none', () => {
  expect(configurationOf('coding-hit', ['nginx'])).toBeNull();
  expect(configurationOf('coding-hit', [])).toBeNull();
});

it('what was not tried says so', () => {
  expect(configurationOf('coding-tag-weakened', ['Cloudflare'])).toMatchObject({ isTested: false });
});
