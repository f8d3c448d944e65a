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

/** Thrown for content that is no note; its message is for the client. */
export class InvalidNoteError extends Error {}

/** Reads the fields of a note from JSON; of a merge patch (RFC 7396) only those that it names. */
export function parseNote(json: string): NoteFields;
export function parseNote(json: string, options: { partial: true }): Partial<NoteFields>;
export function parseNote(json: string, { partial = false } = {}): Partial<NoteFields> {
  const content = parseJson(json);
  if (typeof content !== 'object' || content === null || Array.isArray(content)) {
    throw new InvalidNoteError('Send a JSON object with "title" and "text".');
  }
  const fields: Partial<NoteFields> = {};
  for (const name of ['title', 'text'] as const) {
    const value = (content as Record<string, unknown>)[name];
    if (value === undefined && partial) continue;
    if (typeof value !== 'string') throw new InvalidNoteError(`"${name}" must be a string.`);
    fields[name] = value;
  }
  return fields;
}

function parseJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch (cause) {
    throw new InvalidNoteError('The content is not JSON.', { cause });
  }
}
