import type {
  Expectation,
  ObserveOptions,
  Outcome,
  ReadOptions,
  RequestHead,
  ResourceState,
  Stored,
  TimeoutOptions,
} from '@etag/core';

/** Where the framework's own compression stands, seen from `etag()`. */
export type Compression = 'none' | 'inside' | 'outside';

/** Fields by name; a list is a field on several lines. */
export type Fields = Readonly<Record<string, string | readonly string[]>>;

/** A request as any framework can show it. On Node, `headers` hold `headersDistinct` as well, so that repeated lines count. */
export interface AppRequest extends RequestHead {
  /** The request target (path and query), or the whole URL. */
  readonly url: string;
}

/**
 * What a handler answers. It has one kind of content, or none, and is sent by the framework's own means for that kind:
 * `res.json()`, `c.text()`, a stream as the body.
 */
export interface Reply {
  /** @default 200 */
  readonly status?: number;
  /** The reason phrase, where the framework lets a handler choose one. */
  readonly statusMessage?: string;
  readonly headers?: Fields;
  /** Fields that the handler deletes before it sends. A fetch-style response has none of before: it says an empty one. */
  readonly deletes?: readonly string[];
  /** Thrown when the status and the fields are set, where a handler sets them before it answers. */
  readonly error?: unknown;
  readonly text?: string;
  readonly json?: unknown;
  readonly bytes?: Uint8Array<ArrayBuffer>;
  /** Sent as a stream, as it comes, without a Content-Length. */
  readonly chunks?: AsyncIterable<Uint8Array>;
}

type Found = ResourceState | null;

/** A resource of an application: what stands behind one path, for all methods. */
export interface Resource {
  /** Without a query, such as `/note`. */
  readonly path: string;
  /**
   * Finds the validators before the handler: `etag({ current })` for GET, HEAD and QUERY, `precondition({ current, require })`
   * for all other methods. Absent: neither is mounted.
   */
  readonly current?: (request: AppRequest) => Found | Promise<Found>;
  /** The option of `precondition()` and of `expectation()`. @default false */
  readonly require?: boolean;
  /** Options of all that is mounted for this path. Where those of the application hold for it, they are the same. */
  readonly options?: TimeoutOptions & ObserveOptions;
  /** Reads a store: `respond(c, await read(request))` answers GET, HEAD and QUERY, and `handle` does not. */
  readonly read?: (request: AppRequest) => Promise<Stored<unknown> | null>;
  /** Whether the responses to GET, HEAD and QUERY are left out: `etag(false)`, or the framework’s own word for it. @default false */
  readonly isOff?: boolean;
  /** What the handler answers, to every method that `write` does not take. It may throw. */
  readonly handle: (request: AppRequest) => Reply | Promise<Reply>;
  /**
   * Takes PUT, PATCH and DELETE through a store:
   * `respond(c, await write(expectation(c, { require }), request), { storedAsSent: true })`.
   */
  readonly write?: (expected: Expectation, request: AppRequest) => Promise<Outcome<unknown>>;
}

/** An application in no framework's words. */
export interface Application {
  /** Whether it is served over HTTP/2, without TLS, where the framework can. @default false */
  readonly isHttp2?: boolean;
  /** @default 'none' */
  readonly compression?: Compression;
  /** The options of the `etag()` that stands in front of all resources; false where none does. */
  readonly tags?: ReadOptions | false;
  /** Whether every PUT, PATCH and DELETE needs a precondition: `precondition({ require: true })` in front of all resources. */
  readonly require?: boolean;
  /**
   * A middleware in front of everything else, compression included: fields that it sets on the request, where an
   * application sets them (`req.headers` on Node), and on the response.
   */
  readonly before?: (request: AppRequest) => { readonly request?: Fields; readonly response?: Fields };
  /** The same, after `etag()` and before the resources: the response fields are not used. */
  readonly after?: (request: AppRequest) => Fields;
  readonly resources: readonly Resource[];
}

/** A server that runs. */
export interface Running {
  /** Such as `http://localhost:8787`. */
  readonly origin: string;
  /** Stops it, and closes the connections that are still open. */
  close(): void | Promise<void>;
}

/** Serves an application on a free port, written as an application of the framework would be written. */
export type Boot = (application: Application) => Promise<Running>;
