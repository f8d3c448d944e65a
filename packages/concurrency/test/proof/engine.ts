import type { VersionedStore } from '@etag/concurrency';

/** A store as a client process opens it. */
export interface Opened {
  store: VersionedStore<string, unknown>;
  /** Overwrites the value of a key that is there, as one does without a guard: by the same driver, on the same connections. */
  overwrite(key: string, json: string): Promise<unknown>;
  close(): Promise<void> | void;
}

/** Something that goes wrong with a server while clients use it, and is mended when the promise resolves. */
export interface Fault {
  /** For the report: `kill -9 of the server`. */
  readonly name: string;
  /** @param over - aborted when it takes too long, or the clients have failed */
  inject(over: AbortSignal): Promise<void>;
}

/** An engine that is running. */
export interface Running {
  /** Where a client process finds it: a URL, or the path of a file. */
  readonly url: string;
  /** What the engine calls itself, with its version. */
  readonly version: string;
  readonly faults: readonly Fault[];
  stop(): Promise<void>;
}

/** What the proof needs to know of an engine. */
export interface Engine {
  /** Starts its server, and whatever stands between it and its clients. */
  start(): Promise<Running>;
  open(url: string): Promise<Opened>;
}
