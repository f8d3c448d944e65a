import { ProblemError } from './problem.ts';

/** What a client sends. */
export interface NoteFields {
  title: string;
  text: string;
}

/** What the server keeps and sends. */
export interface Note extends NoteFields {
  id: string;
  updatedAt: string;
}

/** Reads the fields of a note from JSON; of a merge patch (RFC 7396) only those that it names. */
export function parseNote(json: unknown): NoteFields;
export function parseNote(json: unknown, options: { partial: true }): Partial<NoteFields>;
export function parseNote(json: unknown, { partial = false } = {}): Partial<NoteFields> {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    throw new ProblemError(400, 'Send a JSON object with "title" and "text", as application/json.');
  }
  const fields: Partial<NoteFields> = {};
  for (const name of ['title', 'text'] as const) {
    const value = (json as Record<string, unknown>)[name];
    if (value === undefined && partial) continue;
    if (typeof value !== 'string') throw new ProblemError(400, `"${name}" must be a string.`);
    fields[name] = value;
  }
  return fields;
}
