import { exchange, type FieldLine, type WireResponse } from '@etag/wire';
import type { Application, Running } from 'adapter-suite';
import type { Column } from './columns.ts';
import type { Row, Step } from './row.ts';

/**
 * What an adapter answers to the requests of a row.
 *
 * @param row - the exchange
 * @param column - the adapter
 * @returns statuses and fields, an answer for each step; null where the row is not for this adapter
 */
export async function answersOf(row: Row, column: Column): Promise<string[] | null> {
  const { coded = false, except = {} } = row;
  if (column.name in except || (coded && column.compression === null)) return null;
  const { origin, close } = await bootRow(row, column);
  try {
    const answers: string[] = [];
    let etag = '';
    for (const step of row.steps) {
      const sent = Array.from({ length: step.times ?? 1 }, () => send(origin, step, etag));
      const responses = await Promise.all(sent);
      etag = (responses[0] && fieldOf(responses[0], 'etag')) ?? '';
      answers.push([...new Set(responses.map((response) => show(response, step)))].join(' or '));
    }
    return answers;
  } finally {
    await close();
  }
}

function bootRow({ coded, resource, rewrite, before, tags }: Row, { boot, compression }: Column): Promise<Running> {
  const application: Application = {
    ...(coded && compression && { compression }),
    before: ({ url }) => ({
      request: rewrite?.(new URL(url, 'http://localhost').searchParams) ?? {},
      response: before ?? {},
    }),
    ...(tags !== undefined && { tags }),
    resources: [{ path: '/', ...(tags && { options: tags }), ...resource }],
  };
  return boot(application);
}

function send(origin: string, { method = 'GET', query = '', headers = [], message = false }: Step, etag: string) {
  const lines = headers.map(([name, value]): FieldLine => [name, value.replace('{etag}', etag)]);
  return exchange(origin, { method, path: `/${query}`, headers: lines }, { keepAlive: message });
}

/** The status and what else a step is about. The order of names in Vary, and their case, are the framework's. */
function show(response: WireResponse, { fields = [], members = [], message = false }: Step): string {
  const { status, fault, staysOpen } = response;
  const phrase = message ? [response.message, staysOpen ? 'open' : 'closed'] : [];
  const values = fields.map((name) => {
    const value = fieldOf(response, name);
    const comparable = name === 'vary' ? value?.toLowerCase().split(/, */).sort().join(', ') : value;
    return `${name}: ${comparable ?? '–'}`;
  });
  const json = members.length > 0 ? JSON.parse(new TextDecoder().decode(response.body)) : {};
  const told = members.map((name) => `${name}=${JSON.stringify(json[name])}`);
  return [status, ...(fault === null ? [] : [fault]), ...phrase, ...values, ...told].join(', ');
}

function fieldOf({ headers }: WireResponse, name: string): string | null {
  const values = headers.filter(([key]) => key.toLowerCase() === name).map(([, value]) => value);
  return values.length > 0 ? values.join(', ') : null;
}
