import type { ResponseFields } from '@etag/core';

/** The fields of a response in a record: a runtime makes a response with one for less than with a `Headers`. */
export class RecordFields implements ResponseFields {
  readonly record: Record<string, string>;

  constructor(record: Record<string, string> = {}) {
    this.record = record;
  }

  get(name: string): string | null {
    return this.record[name] ?? null;
  }

  set(name: string, value: string): void {
    this.record[name] = value;
  }

  delete(name: string): void {
    delete this.record[name];
  }

  keys(): string[] {
    return Object.keys(this.record);
  }
}
