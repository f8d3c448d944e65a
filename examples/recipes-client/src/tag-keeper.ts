import { isWeak, parseEntityTag } from '@etag/core';
import { ConflictError } from './conflict.ts';

const READS = ['GET', 'HEAD'];
const GUARDED = ['PUT', 'PATCH', 'DELETE'];

/**
 * Keeps the tag of what was read last from each URL, and guards the next write to it. Where a page may read again while
 * somebody edits, keep the tag with the edit instead, and send it as If-Match yourself: that one counts.
 */
export class TagKeeper {
  readonly #tags = new Map<string, string>();

  /** Adds If-Match to a write, where the request has no precondition of its own. */
  guard(request: Request): void {
    const tag = this.#tags.get(request.url);
    if (!tag || !GUARDED.includes(request.method)) return;
    if (request.headers.has('if-match') || request.headers.has('if-none-match')) return;
    request.headers.set('If-Match', tag);
  }

  /**
   * Keeps the tag of a response.
   *
   * @throws ConflictError when a precondition failed: somebody else has written
   */
  learn(request: Request, response: Response): void {
    if (response.status === 412) throw new ConflictError(request.url, response.headers.get('etag'));
    if (!response.ok) return;
    const tag = parseEntityTag(response.headers.get('etag') ?? '');
    // RFC 9110 §13.1.1: a weak tag never matches
    if (tag && !isWeak(tag)) this.#tags.set(request.url, tag);
    // What a write left there is not known without a tag: it has to be read again.
    else if (GUARDED.includes(request.method) || READS.includes(request.method)) this.#tags.delete(request.url);
  }
}
