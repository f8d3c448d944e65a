/** What the parameters of a statement stand for. */
export interface SlotValues {
  /** The parts of the key. */
  readonly key?: readonly unknown[];
  /** What all rows of the store have in common. */
  readonly where?: readonly unknown[];
  /** The columns of the value that are written. */
  readonly cell?: readonly unknown[];
  /** The version that has to be the current one. */
  readonly expected?: unknown;
  /** A new version. */
  readonly next?: unknown;
  /** The time of the write, in the form of the column. */
  readonly modified?: unknown;
  /** The time of the delete, in the form of the column. */
  readonly deleted?: unknown;
}

/** A statement whose parameters have names. */
export interface Statement {
  readonly sql: string;
  /** What each parameter stands for, in their order; an index where there are several. */
  readonly slots: readonly (readonly [name: keyof SlotValues, index: number | null])[];
}

/** Names a parameter, where it stands in a statement. */
export type Parameter = (name: keyof SlotValues, index?: number) => string;

/**
 * Writes a statement.
 *
 * @param placeholder - how a dialect writes the parameter of this number, from 1
 * @param write - gives the SQL, and names each parameter in the order in which it stands there
 */
export function statementOf(
  placeholder: (number: number) => string,
  write: (parameter: Parameter) => string,
): Statement {
  const slots: [keyof SlotValues, number | null][] = [];
  const sql = write((name, index) => placeholder(slots.push([name, index ?? null])));
  return { sql, slots };
}

/** The parameters of a statement. */
export function parametersOf({ slots }: Statement, values: SlotValues): unknown[] {
  return slots.map(([name, index]) => (index === null ? values[name] : (values[name] as unknown[])[index]));
}
