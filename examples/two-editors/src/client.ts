import { createClient } from '@etag/client';

/** What an editor writes. */
export interface Fields {
  title: string;
  text: string;
}

/** A note as it was read. */
export interface NoteVersion extends Fields {
  /** The value of the ETag field. */
  tag: string;
  /** The value of the Content-Encoding field; null where there is none. */
  coding: string | null;
}

/** A read that nobody answered, or whose answer broke off. */
export class NoAnswerError extends Error {}

/** What became of a save. `unknown`: it may have arrived or not. */
export type SaveOutcome = 'saved' | 'refused' | 'unknown';

export interface NoteClient {
  /** @returns null where there is no note */
  read(): Promise<NoteVersion | null>;
  /** @param seen - what the editor has read; null to create the note */
  save(fields: Fields, seen: NoteVersion | null): Promise<SaveOutcome>;
}

/**
 * One note on the server. A read sends the tag of what is stored, and a 304 has that returned; a write names the tag that the
 * editor has read, and overwrites nothing else.
 */
export function noteClient(url: string, fetch: typeof globalThis.fetch): NoteClient {
  const client = createClient({ fetch });
  return {
    async read() {
      const response = await client(url).catch(noAnswer);
      if (response.status === 404) return null;
      if (!response.ok) throw new Error(await problem(response));
      const { title, text } = JSON.parse(await response.text().catch(noAnswer));
      const tag = response.headers.get('etag');
      if (tag === null) throw new Error(`GET ${url} answered without an ETag: no save can be guarded.`);
      return { title, text, tag, coding: response.headers.get('content-encoding') };
    },

    async save(fields, seen) {
      // RFC 9110 §13.1.1, §13.1.2
      const precondition: Record<string, string> = seen ? { 'If-Match': seen.tag } : { 'If-None-Match': '*' };
      const headers = { ...precondition, 'Content-Type': 'application/json' };
      const response = await client(url, { method: 'PUT', headers, body: JSON.stringify(fields) }).catch(() => null);
      // Without an answer, and after one of a server or proxy that failed, nobody here knows whether it was written.
      if (!response || response.status >= 500) return 'unknown';
      if (response.status === 412) return 'refused';
      if (!response.ok) throw new Error(await problem(response));
      return 'saved';
    },
  };
}

function noAnswer(cause: unknown): never {
  throw new NoAnswerError('No answer. Read again.', { cause });
}

/** What a response says went wrong, for a person (RFC 9457). */
async function problem(response: Response): Promise<string> {
  const { detail } = await response.json().catch(() => ({}));
  return `${response.status} ${response.statusText}${detail ? `: ${detail}` : ''}`;
}
