import type { RequestListener } from 'node:http';
import { any, replace } from '@etag/concurrency';
import { memoryStore } from '@etag/concurrency/memory';
import { noteList, noteText } from '../notes.ts';
import { pool } from '../pool.ts';

/**
 * How an application is held against itself: without tags, the same behind a middleware that does nothing, with the tags that
 * our adapter makes of the content, with the version of our adapter's `current`, with that version set and compared by the
 * handler itself, or with what its users have without us. Of those that take notes, one writes whatever comes, and one what
 * the request expects.
 */
export type Form =
  | 'no tags'
  | 'middleware'
  | 'content'
  | 'current'
  | 'by hand'
  | 'peer'
  | 'blind write'
  | 'guarded write';

/** Whether the responses of a form have tags. */
export function hasTags(form: Form): boolean {
  return form !== 'no tags' && form !== 'middleware';
}

/** A framework, and its application in each form. It serves `/notes/:id`, 1 KB of text, and `/lists/:id`, 64 KB of JSON. */
export interface Framework {
  name: string;
  /** Our adapter. */
  adapter: string;
  /** What its users have without it. */
  peer: string;
  serve(form: Form): RequestListener | Promise<RequestListener>;
}

const notes = pool((index) => noteText(index, 1024));
const lists = pool(noteList);
let taken = 0;

/** The text of a note. */
export function noteOf(id: string): string {
  return notes[Number(id)] as string;
}

/** A list of notes, to be rendered as JSON. */
export function listOf(id: string): object[] {
  taken++;
  return lists[Number(id)] as object[];
}

/** A note as a client sends it. */
export type Note = { text: string };

/** Where the notes are that were sent: written blindly, or as a request expects. */
export const written = new Map<string, Note>();
export const guarded = memoryStore<Note>();
for (const id of notes.keys()) await replace(guarded, String(id), { text: '' }, any);

/** How many lists the handlers of this process have taken. */
export function listsTaken(): number {
  return taken;
}
