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
      if (!response.ok) throw new Error((await problem(response)).text);
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
      if (response.ok) return 'saved';
      const { reason, text } = await problem(response);
      if (response.status === 412 && !LASTING.includes(reason)) return 'refused';
      throw new Error(text);
    },
  };
}

function noAnswer(cause: unknown): never {
  throw new NoAnswerError('No answer. Read again.', { cause });
}

/** Why a save is refused that would be refused again after another read: nobody else has changed the note. */
const LASTING = ['weak', 'no-version', 'malformed'];

/** What a response says went wrong (RFC 9457): the reason for this program, the text for a person. */
async function problem(response: Response): Promise<{ reason: string; text: string }> {
  const { reason = '', detail } = await response.json().catch(() => ({}));
  return { reason, text: `${response.status} ${response.statusText}${detail ? `: ${detail}` : ''}` };
}
