import type { PipeTransform } from '@nestjs/common';
import { type NoteFields, parseNote } from './note.ts';

/** The fields of a whole note. */
export class NotePipe implements PipeTransform<unknown, NoteFields> {
  transform(json: unknown): NoteFields {
    return parseNote(json);
  }
}

/** Some fields of a note: a merge patch. */
export class PatchPipe implements PipeTransform<unknown, Partial<NoteFields>> {
  transform(json: unknown): Partial<NoteFields> {
    return parseNote(json, { partial: true });
  }
}
