import { afterAll, describe, expect, it } from 'vitest';
import { ask } from './ask.ts';
import { startMariadb } from './mariadb.ts';
import type { LocalServer } from './server.ts';
import { killable } from './suite.ts';

const server = await killable('MariaDB', () => startMariadb({ max_connections: 77 }));
afterAll(() => server?.stop());

const PROTOCOL_41 = 0x200;
const SECURE_CONNECTION = 0x8000;
const CONNECT_WITH_DB = 0x8;
const COM_QUERY = '\x03';

/** @see https://mariadb.com/kb/en/0-packet/ */
function packet(sequence: number, body: Buffer): Buffer {
  const header = Buffer.alloc(4);
  header.writeUIntLE(body.length, 0, 3);
  header[3] = sequence;
  return Buffer.concat([header, body]);
}

/** Root, without a password; @see https://mariadb.com/kb/en/connection/#handshake-response-packet */
function login(): Buffer {
  const fixed = Buffer.alloc(32);
  fixed.writeUInt32LE(PROTOCOL_41 | SECURE_CONNECTION | CONNECT_WITH_DB);
  return packet(1, Buffer.concat([fixed, Buffer.from('root\0\0test\0')]));
}

const query = (sql: string, answer: RegExp) =>
  ask((server as LocalServer).port, Buffer.concat([login(), packet(0, Buffer.from(COM_QUERY + sql))]), answer);

describe.skipIf(!server)('MariaDB', () => {
  it('keeps what it committed when it is killed', async () => {
    await query("CREATE TABLE notes SELECT 'kept' AS text", /Records: 1/);
    await server?.kill();
    await expect(query('TABLE notes', /kept/)).rejects.toThrow('ECONNREFUSED');
    await server?.restart();
    await query('SELECT text FROM notes', /kept/);
  });

  it('keeps its data when it is restarted while it runs', async () => {
    await server?.restart();
    await query('SELECT text FROM notes', /kept/);
  });

  it('is set up as told', async () => {
    await query("SELECT CONCAT('up to ', @@max_connections)", /up to 77/);
  });
});
