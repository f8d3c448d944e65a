import type { Dialect } from './dialect.ts';
import type { ColumnFacts, TableFacts } from './facts.ts';
import { factsOf, type Layout, layoutOf } from './layout.ts';
import { isSame, type Shape, VALUE } from './shape.ts';

/** The SQL by which a dialect mends a table, without a change to what other programs do with it. */
export interface Mending {
  /** The numbers that the database gives to one row only. */
  readonly neverReused: string;
  /** Makes the table of a store. */
  create(): string;
  /** Gives the rows a random version of their own, in a new column, and a new one with whatever changes them. */
  addVersion(column: string): string;
  /** Makes random versions of a column; empty where it has them in every row, null where that cannot be had. */
  fillVersion(facts: ColumnFacts): string | null;
  /** Keeps two rows from having one key. */
  addUnique(columns: readonly string[]): string;
  /** What to say of a time in a column of this type. */
  adviseTime(facts: ColumnFacts): string;
}

/**
 * Checks all that a store rests on, before its first statement: what one database is asked, the others are asked as well.
 *
 * @param faults - what is wrong with the session
 * @throws Error that says what is wrong, with what mends it
 */
export function checkSchema(
  shape: Shape,
  facts: TableFacts,
  dialect: Dialect,
  mending: Mending,
  faults: readonly string[] = [],
): Layout {
  const of = (name: string) => factsOf(name, facts, dialect);
  const table = shape.path.map(dialect.quote).join('.');
  if (facts.columns.length === 0) {
    throw new Error(`no such table: ${table}${shape.members ? '' : `. This makes it:\n${mending.create()}`}`);
  }
  if (facts.otherwise) {
    throw new Error(
      `The store cannot use ${table}.\nIt is ${facts.otherwise}, in which nothing keeps two rows from having one key. Name the table that its rows are kept in.`,
    );
  }
  const wrong = [
    ...faults,
    ...checkColumns(shape, of),
    ...checkVersion(shape, of, mending),
    ...checkTimes(shape, of, dialect, mending),
    ...checkKeys(shape, of),
  ];
  const unique = uniqueOf(shape, facts);
  if (!unique) wrong.push(repeatedKey(shape, facts, mending));
  if (wrong.length > 0 || !unique) throw new Error(`The store cannot use ${table}.\n${wrong.join('\n')}`);
  return layoutOf(shape, facts, unique, dialect);
}

type Of = (name: string) => ColumnFacts | null;

/** The columns that are not there, but for the version. */
function checkColumns(shape: Shape, of: Of): string[] {
  const names = [
    ...shape.key,
    ...shape.where.map(([column]) => column),
    ...(shape.modified ? [shape.modified.column] : []),
    ...(shape.deleted ? [shape.deleted.column] : []),
    ...(shape.members?.map(({ column }) => column) ?? [VALUE]),
  ];
  const missing = [...new Set(names)].filter((name) => !of(name) && !isSame(name, shape.version.column));
  return missing.map((name) => {
    const isDefault = name === shape.modified?.column;
    return `It has no column ${name}${isDefault ? '; where it keeps no time of the last write, say modified: null' : ''}.`;
  });
}

function checkVersion(shape: Shape, of: Of, mending: Mending): string[] {
  const { column, isInteger, areKeysReused } = shape.version;
  const facts = of(column);
  if (isInteger) return checkCount(facts, column, areKeysReused && shape.deleted === null, mending);
  // A system column, such as xmin.
  if (!facts && column === 'xmin') return [];
  if (!facts) return [`It has no column ${column} for a version. This adds one:\n${mending.addVersion(column)}`];
  if (facts.default === 'identity') return [];
  const other = `This adds a version, to be named in the options instead of ${column}:\n${mending.addVersion(OTHER)}`;
  if (facts.kind === 'integer') {
    const option = `version: { column: '${column}', type: 'integer' }`;
    return [
      facts.default === 'sequence'
        ? `A version could repeat: other programs can write to ${column} what its sequence gives later. ${other}`
        : `A version could repeat: ${column} is a number. Where every program adds 1 to it with each write, say so: ${option}. Else: ${other}`,
    ];
  }
  if (facts.isGenerated) return [`A version could repeat: ${column} is computed of other columns. ${other}`];
  if (facts.kind === 'time' || facts.kind === 'local-time' || facts.default === 'now') {
    return [`A version could repeat: ${column} is a time, and two writes can have the same. ${other}`];
  }
  const fill = mending.fillVersion(facts);
  if (fill === '') return [];
  const mend = fill === null ? other : `This mends it:\n${fill}`;
  return [`A version could repeat: ${described(facts)} does not have a random one in every row. ${mend}`];
}

/** What a version is called that is added beside a column that other programs use. */
const OTHER = 'etag_version';

function checkCount(facts: ColumnFacts | null, column: string, repeats: boolean, mending: Mending): string[] {
  const other = `or give the rows a random version of their own:\n${mending.addVersion(OTHER)}`;
  if (!facts) return [`It has no column ${column} to count in. Name another one, ${other}`];
  if (facts.kind !== 'integer' || facts.default === 'identity' || facts.isGenerated) {
    return [`${described(facts)} is not a number that each write can add 1 to. Name another one, ${other}`];
  }
  if (!repeats) return [];
  return [
    `A version could repeat: where a key is deleted and created again, ${column} counts from the start. Say keys: 'never-reused' where that does not happen, as with ${mending.neverReused} and UUIDs; keep deleted rows, deleted: '…'; ${other}`,
  ];
}

function checkTimes(shape: Shape, of: Of, dialect: Dialect, mending: Mending): string[] {
  return [shape.modified, shape.deleted].flatMap((time) => {
    const facts = time && of(time.column);
    if (!time || !facts || dialect.timeOf(time.type, facts)) return [];
    return [`${described(facts)} is not a time that the store can read. ${mending.adviseTime(facts)}`];
  });
}

function checkKeys(shape: Shape, of: Of): string[] {
  const kinds = ['text', 'folded-text', 'label', 'integer', 'uuid'];
  return shape.key.flatMap((column) => {
    const facts = of(column);
    if (facts?.isGenerated) return [`${column} is computed: no key can be put there. Name the columns that it is of.`];
    if (!facts || kinds.includes(facts.kind)) return [];
    return [
      `${described(facts)} may keep a key in another form than it is given. Name a column of text, whole numbers or UUIDs.`,
    ];
  });
}

/** A column with its type, which SQLite may have none of. */
function described({ name, type }: ColumnFacts): string {
  return type === '' ? name : `${name} ${type}`;
}

/** The columns of an index by which the key and the constant columns single out one row. */
function uniqueOf(shape: Shape, { uniques }: TableFacts): readonly string[] | undefined {
  const given = [...shape.key, ...shape.where.map(([column]) => column)];
  return uniques.find((columns) => columns.every((column) => given.some((name) => isSame(name, column))));
}

function repeatedKey(shape: Shape, { uniques }: TableFacts, mending: Mending): string {
  const wider = uniques.find((columns) => shape.key.every((name) => columns.some((column) => isSame(name, column))));
  const mend = `This mends it:\n${mending.addUnique(shape.key)}`;
  if (!wider) return `Two rows could have one key. ${mend}`;
  const others = wider.filter((column) => !shape.key.some((name) => isSame(name, column)));
  const list = wider.map((column) => `'${column}'`).join(', ');
  return `Two rows could have one key: it is unique together with ${others.join(', ')}. Give all of it, key: [${list}]; or the part that is always the same, where: { ${others[0]}: … }. Where the key is unique by itself: ${mend}`;
}
