/** What a parameter of a statement stands for: a part of the key, a cell of the value, a version, and so on. */
export type Slot = string;

/** A statement whose parameters have names. */
export interface Statement {
  readonly sql: string;
  /** What each parameter stands for, in their order. */
  readonly slots: readonly Slot[];
}

/** Names a parameter, where it stands in a statement. */
export type Parameter = (slot: Slot) => string;

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
  const slots: Slot[] = [];
  const sql = write((slot) => placeholder(slots.push(slot)));
  return { sql, slots };
}

/** The parameters of a statement. */
export function parametersOf({ slots }: Statement, values: Readonly<Record<Slot, unknown>>): unknown[] {
  return slots.map((slot) => values[slot]);
}
