import type { ReadOptions } from '@etag/core';
import type { FieldLine } from '@etag/wire';
import type { Resource } from 'adapter-suite';

/** One request of a row, and what of its response is shown. */
export interface Step {
  /** @default 'GET' */
  readonly method?: string;
  /** The query, with its question mark. @default none */
  readonly query?: string;
  /** `{etag}` stands for the ETag of the response before. */
  readonly headers?: readonly FieldLine[];
  /** Response fields to show, beside the status. */
  readonly fields?: readonly string[];
  /** Members of the JSON content to show. */
  readonly members?: readonly string[];
  /** Shows the reason phrase, and whether the connection stays open. */
  readonly message?: boolean;
  /** How often it is sent, all at once. @default 1 */
  readonly times?: number;
  /** What every adapter answers: the status, and what is shown of the rest. `–` stands for a field that is not there. */
  readonly answer: string;
}

/** An exchange that once had several answers. */
export interface Row {
  /** What it is about, in a few words. */
  readonly title: string;
  /** Whether it needs a compressor: adapters without one are left out. @default false */
  readonly coded?: boolean;
  readonly resource: Omit<Resource, 'path'>;
  /** How content is tagged, and how long the application's part is waited for; false for no tags of content. */
  readonly tags?: ReadOptions | false;
  /** Request fields that the application sets before anything else, by the query. */
  readonly rewrite?: (query: URLSearchParams) => Readonly<Record<string, string>>;
  /** Response fields that a middleware in front sets. */
  readonly before?: Readonly<Record<string, string>>;
  /** Why adapters are left out, by their names. */
  readonly except?: Readonly<Record<string, string>>;
  readonly steps: readonly Step[];
}
