import { afterAll, expect, it } from 'vitest';
import { answersOf } from './answer.ts';
import { columns } from './columns.ts';
import { rows } from './rows.ts';
import { type Line, tableOf } from './table.ts';

// Rows × adapters: every row has one answer, on every adapter. An error that nobody catches fails the run as well.

const lines: Line[] = [];

afterAll(() => {
  console.log(
    tableOf(
      lines,
      columns.map(({ name }) => name),
    ),
  );
});

it.each(rows)('$title', async (row) => {
  const cells = new Map<string, string[] | null>();
  for (const column of columns) cells.set(column.name, await answersOf(row, column));
  lines.push({ row, cells });
  const given = [...cells].filter(([, answers]) => answers !== null);
  const right = row.steps.map(({ answer }) => answer);
  expect(given.length).toBeGreaterThan(1);
  expect(Object.fromEntries(given)).toEqual(Object.fromEntries(given.map(([name]) => [name, right])));
});
