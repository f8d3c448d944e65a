import type { Answered, ClientEvent, How, Mismatched } from './event.ts';

/** What became of the reads of one origin under one identity. */
export interface Stats {
  /** '*' for all beyond the first 10,000 pairs of origin and partition. */
  readonly origin: string;
  /** Names the identity; '' for none. */
  readonly partition: string;
  /** Requests that may be answered from the store: GET and HEAD without a precondition or a range of the caller's. */
  readonly requests: number;
  /** Of these, by how they were answered. */
  readonly answers: Readonly<Record<How, number>>;
  /** The part of the server's answers that were 304; 0 when there was none. One that something stale stood in for is none. */
  readonly ratio: number;
  /** The bytes of content that did not come over the wire. */
  readonly savedBytes: number;
  /** How much longer the full responses took, in ms. */
  readonly savedTime: number;
  /** 304s that could not be used, each of which cost one more request. */
  readonly mismatches: number;
}

const MOST_ROWS = 10_000;

interface Row {
  readonly origin: string;
  readonly partition: string;
  requests: number;
  readonly answers: Record<How, number>;
  savedBytes: number;
  savedTime: number;
  mismatches: number;
}

/** Counts events by origin and partition. */
export class Counts {
  readonly #rows = new Map<string, Row>();

  count(event: ClientEvent): void {
    if (event.type === 'store-failed') return;
    const row = this.#row(event);
    if (event.type === 'mismatch') {
      row.mismatches++;
      return;
    }
    row.requests++;
    row.answers[event.how]++;
    row.savedBytes += event.savedBytes;
    row.savedTime += event.savedTime;
  }

  #row({ origin, partition }: Answered | Mismatched): Row {
    const key = `${partition} ${origin}`;
    const row = this.#rows.get(key);
    if (row) return row;
    if (this.#rows.size >= MOST_ROWS && origin !== '*') return this.#row({ origin: '*', partition: '*' } as Answered);
    const answers = { full: 0, 'not-modified': 0, fresh: 0, stale: 0, shared: 0 };
    const added = { origin, partition, requests: 0, answers, savedBytes: 0, savedTime: 0, mismatches: 0 };
    this.#rows.set(key, added);
    return added;
  }

  /** A copy of the rows. */
  rows(): Stats[] {
    return Array.from(this.#rows.values(), (row) => {
      const { full, 'not-modified': notModified } = row.answers;
      return { ...row, answers: { ...row.answers }, ratio: notModified / (full + notModified) || 0 };
    });
  }
}
