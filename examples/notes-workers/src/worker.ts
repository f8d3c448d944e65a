import { DurableObject, type DurableObjectNamespace } from 'cloudflare:workers';
import { notesApp } from './app.ts';
import { openNotes } from './store.ts';

/** Holds all notes and serves them: it runs in one place, next to its database. */
export class NotesObject extends DurableObject {
  readonly fetch = notesApp(openNotes(this.ctx.storage));
}

export default {
  fetch(request: Request, env: { NOTES: DurableObjectNamespace }): Promise<Response> {
    return env.NOTES.getByName('notes').fetch(request);
  },
};
