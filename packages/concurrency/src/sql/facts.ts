/** What a store has to know of a column. */
export interface ColumnFacts {
  readonly name: string;
  /** Its type, as the catalog has it. */
  readonly type: string;
  /**
   * What it keeps: text, exactly as it is given; text in a form of its own, such as padded; one of some labels; whole
   * numbers; UUIDs; JSON; a time; a time without a zone; or something else.
   */
  readonly kind:
    | 'text'
    | 'folded-text'
    | 'label'
    | 'integer'
    | 'uuid'
    | 'boolean'
    | 'json'
    | 'time'
    | 'local-time'
    | 'other';
  /** How many characters it keeps; null where that does not matter. */
  readonly length: number | null;
  readonly isNullable: boolean;
  /** Whether it is computed, and cannot be written. */
  readonly isGenerated: boolean;
  /**
   * What a row has that was inserted without it: nothing; something random; a number that nobody can set (identity), or
   * that anybody can (sequence); one that may come back after its row was deleted (rowid); the time; or another value.
   */
  readonly default: 'none' | 'random' | 'identity' | 'sequence' | 'rowid' | 'now' | 'other';
}

/** Whether a column keeps text. One that SQLite was told no type of keeps anything. */
export function isText(facts: ColumnFacts | undefined): boolean {
  return facts !== undefined && facts.type !== '' && (facts.kind === 'text' || facts.kind === 'folded-text');
}

/** What the catalog of a database says of a table. */
export interface TableFacts {
  /** What it is, such as `a view`; null for a table. */
  readonly otherwise: string | null;
  /** Empty where there is no such table. */
  readonly columns: readonly ColumnFacts[];
  /** The columns of each index that keeps two rows from having the same. */
  readonly uniques: readonly (readonly string[])[];
  /** Whether a trigger may change what is written, so that the statement does not tell. */
  readonly hasTriggers: boolean;
}
