import type { DeleteOutcome, PutOutcome } from '@etag/core';
import { type ExecutionContext, Injectable, StreamableFile } from '@nestjs/common';
import type { ModuleRef } from '@nestjs/core';
import { type Observable, of } from 'rxjs';
import { expect, expectTypeOf, it } from 'vitest';
import { type CurrentState, Etag, EtagModule, type Expectation, Expected, IfMatch, orThrow } from './index.ts';

interface Note {
  version: number;
  updatedAt: Date;
}
const note: Note = { version: 7, updatedAt: new Date() };

it('tags by what the handler returns', () => {
  class Notes {
    @Etag((note: Note) => note.version)
    value(): Note {
      return note;
    }

    @Etag((note: Note) => note.version)
    async promise(_id: string) {
      return { ...note, text: 'a subtype' };
    }

    @Etag({ version: (note: Note) => `${note.version}`, lastModified: (note) => note.updatedAt, weak: true })
    observable(): Observable<Note> {
      return of(note);
    }

    @Etag((note: Note | null) => note?.version)
    async nullable(): Promise<Note | null> {
      return null;
    }

    @Etag({ version: () => 7n })
    anything() {
      return new StreamableFile(Buffer.from(''));
    }

    @Etag((note: Note) => [note.version, 'en'])
    variant() {
      return note;
    }

    // @ts-expect-error: a version is not digested
    @Etag({ version: () => 7n, digest: () => 'a' })
    digested() {
      return note;
    }

    // @ts-expect-error: the handler may return null
    @Etag((note: Note) => note.version)
    async unexpectedNull(): Promise<Note | null> {
      return null;
    }

    // @ts-expect-error: the handler returns something else
    @Etag((note: Note) => note.version)
    async other(): Promise<{ text: string }> {
      return { text: '' };
    }

    // @ts-expect-error: the handler returns something else
    @Etag({ lastModified: (note: Note) => note.updatedAt })
    text() {
      return '';
    }

    // @ts-expect-error: a Date is no version
    @Etag((note: Note) => note.updatedAt)
    noVersion() {
      return note;
    }
  }
  expectTypeOf(Notes.prototype.value).toEqualTypeOf<() => Note>();
});

it('finds the state by a provider, or by a function', () => {
  @Injectable()
  class NoteState implements CurrentState {
    async current(_context: ExecutionContext) {
      return { etag: '"v7"' } as const;
    }
  }

  class Notes {
    @Etag({ current: NoteState })
    provider() {}

    @IfMatch({ current: NoteState, require: true, storedAsSent: true })
    write() {}

    @Etag({
      current: (moduleRef, context) => {
        expectTypeOf(moduleRef).toEqualTypeOf<ModuleRef>();
        expectTypeOf(context).toEqualTypeOf<ExecutionContext>();
        return null;
      },
    })
    byFunction() {}

    // @ts-expect-error: no such provider
    @Etag({ current: Date })
    noProvider() {}

    // @ts-expect-error: an entity tag stands in quotes
    @Etag({ current: () => ({ etag: 'v7' }) })
    unquoted() {}
  }

  @Etag()
  @Etag(false)
  @Etag({ weak: true, digest: () => 'a' })
  class Controller extends Notes {}

  // @ts-expect-error: what a handler returned is a handler's
  @Etag((note: Note) => note.version)
  class NoController extends Controller {}
  return NoController;
});

it('hands an expectation to a parameter that takes one', () => {
  class Notes {
    @IfMatch()
    expectation(@Expected() _expected: Expectation) {}

    @IfMatch()
    second(_id: string, @Expected() _expected?: Expectation) {}

    @IfMatch()
    wider(@Expected() _expected: unknown, _id: string) {}

    @IfMatch()
    // @ts-expect-error: the parameter takes a string
    text(_id: string, @Expected() _expected: string) {}

    @IfMatch()
    // @ts-expect-error: the parameter takes a list of versions
    versions(@Expected() _expected: readonly string[], _id: string) {}

    @IfMatch()
    // @ts-expect-error: an expectation need not have a version
    narrower(@Expected() _expected: { oneOf: readonly string[] }) {}
  }
  return Notes;
});

it('narrows an outcome to one that went through', () => {
  expectTypeOf(orThrow<PutOutcome<Note>>)
    .returns.toHaveProperty('value')
    .toEqualTypeOf<Note>();
  expectTypeOf(orThrow<PutOutcome<Note>>)
    .returns.toHaveProperty('kind')
    .toEqualTypeOf<'created' | 'updated'>();
  expectTypeOf(orThrow<DeleteOutcome>)
    .returns.toHaveProperty('kind')
    .toEqualTypeOf<'deleted'>();
  // @ts-expect-error: not an outcome
  expect(() => orThrow({ kind: 'updated' })).toThrow(TypeError);
});

it('configures the module', () => {
  EtagModule.forRoot();
  EtagModule.forRoot({ content: false, weak: true, digest: () => 'a', isGlobal: false });
  EtagModule.forRootAsync({ useFactory: async () => ({ content: false }), isGlobal: true });
  // @ts-expect-error: no such option
  EtagModule.forRoot({ required: true });
  // @ts-expect-error: no filter
  EtagModule.forRoot({ filter: Date });
});
