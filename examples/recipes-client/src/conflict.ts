/** Somebody else has written since the content was read (412). Nothing was written: read again, merge, and write that. */
export class ConflictError extends Error {
  override readonly name = 'ConflictError';
  /** The resource that somebody else has written. */
  readonly url: string;
  /** The tag that it has now; null where the server does not say. */
  readonly current: string | null;

  constructor(url: string, current: string | null) {
    super(`${url} has been changed by somebody else`);
    this.url = url;
    this.current = current;
  }
}
