import { DatabaseSync } from 'node:sqlite';
import { sqliteStore } from '@etag/concurrency/sqlite';
import { beforeEach, expect, it } from 'vitest';
import { fhirApp, type PatientRow } from './fhir.ts';

let app: ReturnType<typeof fhirApp>;
beforeEach(() => {
  const db = new DatabaseSync(':memory:');
  // A row that is deleted stays and keeps its count: an id that comes back goes on with the next versionId.
  db.exec(
    'CREATE TABLE patients (id TEXT PRIMARY KEY, content JSON, version INTEGER NOT NULL DEFAULT 1, deleted TEXT)',
  );
  const version = { column: 'version', type: 'integer' } as const;
  const deleted = { column: 'deleted', type: 'iso' } as const;
  app = fhirApp(
    sqliteStore<PatientRow>(db, {
      table: 'patients',
      key: 'id',
      version,
      deleted,
      modified: null,
      columns: ['content'],
    }),
  );
});

function put(headers: Record<string, string>, active = true) {
  const body = JSON.stringify({ resourceType: 'Patient', active });
  return app.request('/Patient/1', { method: 'PUT', headers, body });
}
const get = (headers: Record<string, string> = {}) => app.request('/Patient/1', { headers });

it('a patient is created, read, and updated with the tag as it was read', async () => {
  const created = await put({ 'If-None-Match': '*' });
  expect([created.status, created.headers.get('etag')]).toEqual([201, 'W/"1"']);

  const read = await get();
  expect(read.headers.get('etag')).toBe('W/"1"');
  expect(await read.json()).toEqual({ resourceType: 'Patient', active: true, id: '1', meta: { versionId: '1' } });
  expect((await get({ 'If-None-Match': 'W/"1"' })).status).toBe(304);

  const updated = await put({ 'If-Match': 'W/"1"' }, false);
  expect([updated.status, updated.headers.get('etag')]).toEqual([200, 'W/"2"']);
  expect(await updated.json()).toMatchObject({ active: false, meta: { versionId: '2' } });
});

it('an update of an old version is refused with an OperationOutcome, and overwrites nothing', async () => {
  await put({});
  await put({ 'If-Match': 'W/"1"' }, false);
  const stale = await put({ 'If-Match': 'W/"1"' });
  expect([stale.status, stale.headers.get('etag'), stale.headers.get('content-type')]).toEqual([
    412,
    'W/"2"',
    'application/fhir+json',
  ]);
  expect(await stale.json()).toEqual({
    resourceType: 'OperationOutcome',
    issue: [{ severity: 'error', code: 'conflict', diagnostics: expect.stringContaining('has changed') }],
  });
  expect(await (await get()).json()).toMatchObject({ active: false, meta: { versionId: '2' } });
});

it('an If-Match that cannot be read lets nothing through', async () => {
  await put({});
  for (const ifMatch of ['1', 'W/1', '"v1"', 'W/""']) expect((await put({ 'If-Match': ifMatch })).status).toBe(412);
});

it('what is created again goes on counting, so that no old tag fits', async () => {
  await put({});
  expect((await app.request('/Patient/1', { method: 'DELETE', headers: { 'If-Match': 'W/"1"' } })).status).toBe(204);
  expect((await get()).status).toBe(404);
  const again = await put({});
  expect(again.headers.get('etag')).not.toBe('W/"1"');
  expect((await put({ 'If-Match': 'W/"1"' })).status).toBe(412);
});
