/** What an operation of a history gave. */
export type Observation =
  /** A read found this version, which the write named `by` had stored. */
  | { readonly kind: 'found'; readonly version: string; readonly by: string }
  /** A read found nothing. */
  | { readonly kind: 'nothing'; readonly version?: undefined }
  /** A creation or an update stored this version. */
  | { readonly kind: 'written'; readonly version: string }
  | { readonly kind: 'deleted'; readonly version?: undefined }
  /** A write was refused: this version is the current one. */
  | { readonly kind: 'stale' | 'exists'; readonly version?: string | undefined }
  | { readonly kind: 'missing'; readonly version?: undefined }
  /** A write was certainly not done, and says nothing of what is stored. */
  | { readonly kind: 'failed'; readonly version?: undefined }
  /** A write may or may not have been done, or be done at any later time. */
  | { readonly kind: 'unknown'; readonly version?: undefined };

/** One call of a client, as it recorded it. */
export interface Operation {
  readonly key: string;
  /** Names the operation; a write stores it, so that who reads a value knows who wrote it. */
  readonly id: string;
  readonly kind: 'read' | 'create' | 'update' | 'delete';
  /** The one version that an update or a delete expects. */
  readonly expected?: string | undefined;
  /** When it was called, in ms of a monotonic clock that all clients share. */
  readonly invoked: number;
  /** When it returned; null for an outcome that is unknown, which may come about at any later time. */
  readonly returned: number | null;
  readonly outcome: Observation;
}
