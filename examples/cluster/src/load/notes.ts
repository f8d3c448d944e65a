import type { Client } from './client.ts';

const COUNT = 100;
const ids = Array.from({ length: COUNT }, (_, i) => `${i}`);
const TEXT = 'Reads that cost nothing when nothing changed; writes that never overwrite. '.repeat(40);

/** What is read: each note as JSON, tagged by its version, and as a page, tagged by its content. */
export const paths = ids.flatMap((id) => [`/notes/${id}`, `/pages/${id}`]);

/** Creates the notes that are read, none of which changes any more. */
export async function createNotes(client: Client): Promise<void> {
  await Promise.all(ids.map((id) => create(client, `/notes/${id}`, TEXT)));
}

/** Creates a note where none is. */
export async function create(client: Client, path: string, text: string): Promise<void> {
  const { status } = await client.put(path, { 'If-None-Match': '*' }, { title: path, text });
  if (status !== 201) throw new Error(`PUT ${path} with If-None-Match: * answered ${status}; 201 was expected`);
}
