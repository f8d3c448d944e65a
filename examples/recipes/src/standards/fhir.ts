import { replace, type TransactionalTableStore, tagCodec, type Versioned, withCodec } from '@etag/concurrency';
import { etag, expectation, respond } from '@etag/hono';
import { Hono } from 'hono';
import { refusalsAs } from './refusals.ts';

/**
 * The tag of a resource is its versionId, weak.
 *
 * @see https://hl7.org/fhir/R4/http.html#concurrency
 */
const codec = tagCodec({
  format: (version) => `W/"${version}"`,
  parse: (tag) => /^(?:W\/)?"([A-Za-z0-9.-]{1,64})"$/.exec(tag)?.[1] ?? null,
});

/** What a client writes. */
export interface Patient {
  resourceType: 'Patient';
  [element: string]: unknown;
}

/** A row: the content of a patient, without what the server sets. */
export interface PatientRow {
  content: Patient;
}

/** FHIR's Patient, read and updated. */
export function fhirApp<Tx>(rows: TransactionalTableStore<PatientRow, Tx>): Hono {
  const patients = withCodec(rows, codec);
  const app = new Hono();
  app.use(refusalsAs('application/fhir+json', operationOutcome));

  app.get('/Patient/:id', etag({ current: (c) => patients.state(c.req.param('id')) }), async (c) => {
    const id = c.req.param('id');
    const found = await patients.get(id);
    return found ? c.json(patientOf(id, found), 200, FHIR) : c.json(notFound(id), 404, FHIR);
  });

  app.put('/Patient/:id', async (c) => {
    const id = c.req.param('id');
    const content = await c.req.json<Patient>();
    const written = await replace(patients, id, { content }, expectation(c, { codec }));
    if (!('value' in written)) return respond(c, written, { codec });
    // FHIR has a server say the new version, in the ETag as in meta.
    const headers = { ...FHIR, ETag: codec.format(written.version) };
    return c.json(patientOf(id, written), written.kind === 'created' ? 201 : 200, headers);
  });

  app.delete('/Patient/:id', async (c) => {
    return respond(c, await patients.delete(c.req.param('id'), expectation(c, { codec })), { codec });
  });
  return app;
}

const FHIR = { 'Content-Type': 'application/fhir+json', 'Cache-Control': 'no-cache' };

function patientOf(id: string, { value, version }: Versioned<PatientRow>) {
  return { ...value.content, id, meta: { versionId: version } };
}

function operationOutcome({ status, detail }: { status: number; detail: string }) {
  const code = status === 412 ? 'conflict' : status === 404 ? 'not-found' : 'processing';
  return { resourceType: 'OperationOutcome', issue: [{ severity: 'error', code, diagnostics: detail }] };
}

const notFound = (id: string) => operationOutcome({ status: 404, detail: `There is no Patient/${id}.` });
