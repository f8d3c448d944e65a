import { mkdtempSync, rmSync } from 'node:fs';
import { Agent } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { styleText } from 'node:util';
import { serveNotes } from './serve.ts';
import { type Exchange, exchange } from './wire.ts';

// The main job on the wire: reads that cost nothing when nothing changed, writes that never overwrite somebody's work.
const once = process.argv.includes('--once');
const folder = mkdtempSync(join(tmpdir(), 'notes-'));
const server = await serveNotes({ port: 0, database: join(folder, 'notes.sqlite') });
const agent = new Agent({ keepAlive: true });
let wrong = 0;

function check(answered: Exchange, status: number, why: string): void {
  const right = answered.status === status;
  if (!right) wrong++;
  console.log(right ? styleText('green', `  ✓ ${why}`) : styleText('red', `  ✗ expected ${status}: ${why}`));
}

async function step(title: string, method: string, path: string, headers: Record<string, string>, content?: object) {
  console.log(styleText('bold', `\n${title}`));
  return traced(method, path, headers, content);
}

async function traced(method: string, path: string, headers: Record<string, string>, content?: object) {
  const json = content && JSON.stringify(content);
  const answered = await exchange(
    agent,
    server.port,
    method,
    path,
    { ...(json && { 'Content-Type': 'application/json' }), ...headers },
    json,
  );
  const sent = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  console.log(styleText('cyan', `  > ${method} ${path}${sent.length > 0 ? `   ${sent.join('   ')}` : ''}`));
  if (json) console.log(styleText('cyan', `  > ${json.length > 76 ? `${json.slice(0, 76)}…` : json}`));
  const shown = ['etag', 'last-modified', 'vary', 'content-encoding', 'location'];
  const fields = shown.filter((name) => answered.headers[name]).map((name) => `${name}: ${answered.headers[name]}`);
  console.log(`  < ${answered.status} ${answered.statusMessage}   ${fields.join('   ')}`);
  if (answered.status >= 400) console.log(`  < ${answered.content}`);
  return answered;
}

const etagOf = (answered: Exchange) => String(answered.headers.etag);
const text = 'Reads that cost nothing when nothing changed; writes that never overwrite. '.repeat(60);

const created = await step('Create a note', 'PUT', '/notes/1', { 'If-None-Match': '*' }, { title: 'First', text });
check(created, 201, 'created, because there was none');

const first = await step('Read it', 'GET', '/notes/1', {});
check(first, 200, `${first.bytes} bytes, with a strong tag from the version of the row`);
const v1 = etagOf(first);

const again = await step('Read it again with the tag', 'GET', '/notes/1', { 'If-None-Match': v1 });
check(
  again,
  304,
  `${again.bytes} bytes instead of ${first.bytes}: ${first.bytes - again.bytes} saved, the handler never ran`,
);

const coded = await step('Read it compressed', 'GET', '/notes/1', { 'Accept-Encoding': 'gzip' });
check(coded, 200, 'another coding of the same version has a tag of its own');

const saved = await step('Save over what was read', 'PUT', '/notes/1', { 'If-Match': v1 }, { title: 'Second', text });
check(saved, 200, 'it was still the current version');

const stale = await step('Save with the old tag', 'PUT', '/notes/1', { 'If-Match': v1 }, { title: 'Lost', text: '' });
check(stale, 412, 'refused: somebody else saved in between; here is the current tag');

const blind = await step('Save without looking', 'PUT', '/notes/1', {}, { title: 'Blind', text: '' });
check(blind, 428, 'refused: a write must say what it was made from');

const fresh = await step('Read the new version', 'GET', '/notes/1', { 'If-None-Match': v1 });
check(fresh, 200, 'the old tag no longer fits');

console.log(styleText('bold', '\nTwo writers at once, both from the same version'));
const both = await Promise.all(
  ['Ann', 'Ben'].map((title) => traced('PUT', '/notes/1', { 'If-Match': etagOf(fresh) }, { title, text: '' })),
);
const statuses = both.map((answered) => answered.status).sort();
check({ ...(both[0] as Exchange), status: statuses[0] as number }, 200, 'one wins');
check({ ...(both[1] as Exchange), status: statuses[1] as number }, 412, 'the other is told');

agent.destroy();
if (once) {
  await server.close();
  rmSync(folder, { recursive: true });
  console.log(wrong === 0 ? '\nEvery step answered as it should.' : `\n${wrong} steps did not answer as they should.`);
  process.exitCode = wrong === 0 ? 0 : 1;
} else {
  const url = `http://localhost:${server.port}/notes/1`;
  console.log(`\nStill serving. Try it:

  curl -i ${url}
  curl -i ${url} -H 'If-None-Match: <the ETag you got>'
  curl -i -X PUT ${url} -H 'If-Match: <the ETag you got>' -d '{"title":"Mine","text":"…"}'

Ctrl-C ends it.`);
  process.once('SIGINT', async () => {
    await server.close();
    rmSync(folder, { recursive: true });
    process.exit(wrong === 0 ? 0 : 1);
  });
}
