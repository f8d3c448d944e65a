import { randomUUID } from 'node:crypto';
import { absent, type Expectation, replace, update } from '@etag/concurrency';
import type { CurrentState } from '@etag/nestjs';
import { type ExecutionContext, Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { Note, NoteFields } from './note.ts';
import { ProblemError } from './problem.ts';
import type { Notes } from './store.ts';

/** The token of the store. */
export const NOTES = Symbol('notes');

@Injectable()
export class NotesService implements CurrentState, OnApplicationShutdown {
  constructor(@Inject(NOTES) private readonly notes: Notes) {}

  /** What `@Etag({ current: NotesService })` asks before the handler. */
  current(context: ExecutionContext) {
    return this.notes.state(context.switchToHttp().getRequest().params.id);
  }

  list(): Promise<Note[]> {
    return this.notes.list();
  }

  async get(id: string): Promise<Note> {
    const note = await this.notes.get(id);
    if (!note) throw new ProblemError(404, 'There is no such note.');
    return note.value;
  }

  create(fields: NoteFields, expected: Expectation) {
    const id = randomUUID();
    return this.replace(id, fields, { ...expected, ...absent });
  }

  replace(id: string, fields: NoteFields, expected: Expectation) {
    return replace(this.notes, id, { id, ...fields, updatedAt: now() }, expected);
  }

  update(id: string, patch: Partial<NoteFields>, expected: Expectation) {
    return update(this.notes, id, (note) => ({ ...note, ...patch, updatedAt: now() }), expected);
  }

  remove(id: string, expected: Expectation) {
    return this.notes.delete(id, expected);
  }

  /** The server is closed by then. */
  onApplicationShutdown() {
    return this.notes.close();
  }
}

const now = () => new Date().toISOString();
