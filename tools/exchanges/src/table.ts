import type { Row } from './row.ts';

/** What the adapters answered to one row. */
export interface Line {
  readonly row: Row;
  /** By adapter; null where the row is not for it. */
  readonly cells: ReadonlyMap<string, readonly string[] | null>;
}

/**
 * Rows × adapters as text: below each row its answers, and those of each adapter that differ.
 *
 * @param lines - what was answered
 * @param names - of the adapters
 * @returns the table
 */
export function tableOf(lines: readonly Line[], names: readonly string[]): string {
  const width = Math.max(...lines.map(({ row }) => row.title.length));
  const head = `${''.padEnd(width)}  ${names.join('  ')}`;
  const body = lines.map(({ row, cells }) => {
    const marks = names.map((name) => markOf(row, cells.get(name) ?? null).padEnd(name.length));
    const others = names.flatMap((name) =>
      differencesOf(row, cells.get(name) ?? null).map((one) => `      ${name}: ${one}`),
    );
    const answers = row.steps.map(({ answer }) => `    ${answer}`);
    return [`${row.title.padEnd(width)}  ${marks.join('  ')}`.trimEnd(), ...answers, ...others].join('\n');
  });
  return [head, ...body].join('\n');
}

function markOf(row: Row, answers: readonly string[] | null): string {
  if (answers === null) return '–';
  return differencesOf(row, answers).length === 0 ? 'ok' : 'NO';
}

function differencesOf({ steps }: Row, answers: readonly string[] | null): string[] {
  return (answers ?? []).filter((answer, index) => answer !== steps[index]?.answer);
}
