import { PLAIN } from './dialect.ts';
import { isText } from './facts.ts';
import type { Layout } from './layout.ts';
import { VALUE } from './shape.ts';
import { type Parameter, type Statement, statementOf } from './statement.ts';

/** The statements on a table. */
export interface Statements {
  /** Reads the version, the time, and the columns of the value. */
  readonly get: Statement;
  /** Reads the version and the time. */
  readonly version: Statement;
  /** Inserts a row under a key, where there is none; one that was deleted and kept comes back, where the dialect can. */
  readonly create: Statement;
  /** Inserts a row, whose key the database makes but for the given parts of it. */
  insert(given: readonly number[]): Statement;
  /** Brings a row back that was deleted and kept; null where rows are not kept. */
  readonly revive: Statement | null;
  /** Updates the row of a key, of any version. */
  readonly replace: Statement;
  /** Updates the row of a key, of one version. */
  readonly replaceVersion: Statement;
  /** Deletes the row of a key, of any version; or marks it, where rows are kept. */
  readonly remove: Statement;
  /** Deletes the row of a key, of one version; or marks it, where rows are kept. */
  readonly removeVersion: Statement;
}

/** The row that an INSERT meets, in its ON CONFLICT clause. */
const THERE = 'there';

type Quote = (column: string) => string;

/** The statements on a table. */
export function statementsOf(layout: Layout): Statements {
  const { shape, dialect, codecs, areWritten, modified, deleted } = layout;
  const { quote, or } = dialect;
  const table = shape.path.map(quote).join('.');
  const version = quote(shape.version.column);
  const timeOf = (column: string) => (modified && shape.modified ? [modified.read(column)] : []);
  const state = [dialect.textOf(version), ...(shape.modified ? timeOf(quote(shape.modified.column)) : [])];
  const cells = shape.members
    ? shape.members.map(({ column }, index) => codecs[index]?.read(quote(column)) ?? '')
    : [dialect.textOf(quote(VALUE))];
  /** The columns of a value that a write sets, and what it sets them to. */
  const written = shape.members
    ? shape.members.flatMap(({ column }, index) => (areWritten[index] ? [{ column, ...codecs[index] }] : []))
    : [{ column: VALUE, write: dialect.jsonOf }];

  /** That a row is one of the store: text is compared as a key is, whatever the collation of its column folds. */
  function isConstant(p: Parameter, of: Quote): string[] {
    return shape.where.map(([column], i) =>
      isText(layout.where[i])
        ? dialect.keyIs(of(column), () => p('where', i), layout.where[i])
        : `${of(column)} = ${p('where', i)}`,
    );
  }

  /** What singles out the row of a key. */
  function where(p: Parameter, which: 'any' | 'counted' | 'expected' | 'kept' | 'all'): string {
    const conditions = [
      ...shape.key.map((column, i) => dialect.keyIs(quote(column), () => p('key', i), layout.key[i])),
      ...isConstant(p, quote),
      ...(shape.deleted && which !== 'all'
        ? [`${quote(shape.deleted.column)} IS ${which === 'kept' ? 'NOT NULL' : 'NULL'}`]
        : []),
      ...(which === 'expected' ? [dialect.versionIs(version, p('expected'))] : []),
      ...(which === 'counted' ? [`${version} IS NOT NULL`] : []),
    ];
    return `WHERE ${conditions.join(' AND ')}`;
  }

  /** What every write sets: the version, and the time. */
  function setState(p: Parameter, of: Quote): string[] {
    const next = shape.version.isInteger
      ? dialect.counted(of(shape.version.column))
      : dialect.randomVersion(of(shape.version.column), () => p('next'));
    return [
      ...(next === null ? [] : [`${version} = ${next}`]),
      ...(modified && shape.modified
        ? [`${quote(shape.modified.column)} = ${modified.advanced(of(shape.modified.column), () => p('modified'))}`]
        : []),
    ];
  }

  function setAll(p: Parameter, of: Quote = quote): string {
    const cells = written.map(({ column, write = PLAIN.write }, i) => `${quote(column)} = ${write(p('cell', i))}`);
    return [...cells, ...setState(p, of)].join(', ');
  }

  /** The columns of a new row, and what they are set to. */
  function inserted(p: Parameter, given: readonly number[]): [column: string, value: string][] {
    return [
      ...given.map((i): [string, string] => [shape.key[i] as string, p('key', i)]),
      ...shape.where.map(([column], i): [string, string] => [column, p('where', i)]),
      ...written.map(({ column, write = PLAIN.write }, i): [string, string] => [column, write(p('cell', i))]),
      ...firstVersion(p),
      ...(modified && shape.modified
        ? [[shape.modified.column, modified.now(() => p('modified'))] as [string, string]]
        : []),
    ];
  }

  function firstVersion(p: Parameter): [column: string, value: string][] {
    const { column, isInteger } = shape.version;
    if (isInteger) return layout.version?.default === 'none' ? [[column, '1']] : [];
    const next = dialect.makesVersions ? null : dialect.randomVersion(version, () => p('next'));
    return next === null ? [] : [[column, next]];
  }

  function returning(columns: readonly string[]): string {
    return dialect.returns ? ` RETURNING ${named(columns)}` : '';
  }

  /** What a write returns: a value of JSON is what was sent. */
  const row = shape.members ? [...state, ...cells] : state;

  /** Where a trigger may write a row again: the transaction of a write, and that which wrote the row. */
  const transaction = layout.hasTriggers ? dialect.transaction : undefined;
  const [writer, writerOfRow] = transaction ? [[transaction.own], [transaction.ofRow]] : [[], []];

  const all = shape.key.map((_, i) => i);

  /** @param given - which parts of the key are given */
  function insertInto(p: Parameter, given: readonly number[]): string {
    const hasKey = given.length === all.length;
    const columns = inserted(p, given);
    const names = columns.map(([column]) => quote(column)).join(', ');
    const values = columns.map(([, value]) => value).join(', ');
    const into = `INSERT${or} INTO ${table}${hasKey && dialect.creation === 'on-conflict' ? ` AS ${THERE}` : ''} (${names})`;
    return hasKey && dialect.creation === 'not-exists'
      ? `${into} SELECT ${values} WHERE NOT EXISTS (SELECT 1 FROM ${table} ${where(p, 'all')})`
      : `${into} VALUES (${values})`;
  }

  function onConflict(p: Parameter): string {
    if (dialect.creation !== 'on-conflict') return '';
    const target = ` ON CONFLICT (${layout.unique.map(quote).join(', ')}) DO`;
    if (!shape.deleted) return `${target} NOTHING`;
    const there: Quote = (column) => `${THERE}.${quote(column)}`;
    const isOurs = [`${there(shape.deleted.column)} IS NOT NULL`, ...isConstant(p, there)].join(' AND ');
    return `${target} UPDATE SET ${setAll(p, there)}, ${quote(shape.deleted.column)} = NULL WHERE ${isOurs}`;
  }

  function create(p: Parameter): string {
    const insert = insertInto(p, all) + onConflict(p);
    const kept = shape.key.flatMap((column, i) => dialect.keptKey?.(quote(column), () => p('key', i)) ?? []);
    return insert + returning([...row, ...kept, ...writer]);
  }

  function replace(which: 'any' | 'counted' | 'expected') {
    return (p: Parameter) =>
      `UPDATE${or} ${table} SET ${setAll(p)} ${where(p, which)}${returning([...row, ...writer])}`;
  }

  function remove(which: 'any' | 'expected') {
    const { deleted: mark } = shape;
    return (p: Parameter) => {
      if (!mark || !deleted) return `DELETE FROM ${table} ${where(p, which)}${returning([version])}`;
      const set = [...setState(p, quote), `${quote(mark.column)} = ${deleted.now(() => p('deleted'))}`];
      return `UPDATE${or} ${table} SET ${set.join(', ')} ${where(p, which)}${returning([version])}`;
    };
  }

  const write = (sql: (p: Parameter) => string) => statementOf(dialect.placeholder, sql);
  const keys = shape.key.map((column) => dialect.textOf(quote(column)));
  const inserts = new Map<string, Statement>();
  return {
    get: write((p) => `SELECT ${named([...state, ...cells, ...writerOfRow])} FROM ${table} ${where(p, 'any')}`),
    version: write((p) => `SELECT ${named(state)} FROM ${table} ${where(p, 'any')}`),
    create: write(create),
    insert(given) {
      const name = given.join();
      const insert = inserts.get(name) ?? write((p) => insertInto(p, given) + returning([...row, ...writer, ...keys]));
      inserts.set(name, insert);
      return insert;
    },
    revive:
      shape.deleted &&
      write((p) => {
        const set = `${setAll(p)}, ${quote(shape.deleted?.column ?? '')} = NULL`;
        return `UPDATE${or} ${table} SET ${set} ${where(p, 'kept')}${returning(row)}`;
      }),
    // A row without a count would stay without one, and have no tag.
    replace: write(replace(shape.version.isInteger ? 'counted' : 'any')),
    replaceVersion: write(replace('expected')),
    remove: write(remove('any')),
    removeVersion: write(remove('expected')),
  };
}

/** Columns by names of their own: drivers give rows by name, and two columns may have one. */
function named(columns: readonly string[]): string {
  return columns.map((column, index) => `${column} AS c${index}`).join(', ');
}
