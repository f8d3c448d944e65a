import type { ResponseFields, ResponseHead } from '@etag/core';

type Fields = Record<string, number | string | readonly string[]>;

/**
 * A head that is given to `writeHead()` as a whole: its fields are finished where they are. To set them one by one costs more
 * than the rest of a 304.
 */
export class WrittenHead implements ResponseHead, ResponseFields {
  /** Names in lower case; for `writeHead()`. */
  readonly fields: Fields = {};
  readonly status: number;

  /**
   * @param status - the status code
   * @param fields - as the method takes them
   */
  constructor(status: number, fields: Fields) {
    this.status = status;
    for (const name of Object.keys(fields)) this.fields[name.toLowerCase()] = fields[name] as string;
  }

  // One object for both.
  get headers(): ResponseFields {
    return this;
  }

  get(name: string): string | null {
    const value = this.fields[name];
    return value === undefined ? null : String(value);
  }

  set(name: string, value: string): void {
    this.fields[name] = value;
  }

  delete(name: string): void {
    delete this.fields[name];
  }

  keys(): Iterable<string> {
    return Object.keys(this.fields);
  }
}
