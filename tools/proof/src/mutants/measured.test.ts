import { expect, it } from 'vitest';
import { hashOf, measuredIn, type StrykerReport } from './measured.ts';
import { judged, mutationPage } from './mutation-page.ts';
import type { Survivor } from './survivors.ts';

const SOURCE = 'const a = 1;\n  if (a > 0) go();\n';
const FILE = 'packages/core/src/a.ts';
const at = (line: number) => ({ start: { line } });
const REPORT: StrykerReport = {
  projectRoot: '/home/somebody/packages/core',
  files: {
    'src/a.ts': {
      source: SOURCE,
      mutants: [
        { status: 'Ignored', replacement: '2', location: at(1) },
        { status: 'Killed', replacement: 'false', location: at(2) },
        { status: 'Timeout', replacement: 'true', location: at(2) },
        { status: 'Survived', replacement: 'a >=\n 0', location: at(2) },
        { status: 'NoCoverage', replacement: '', location: at(2) },
        { status: 'CompileError', replacement: 'x', location: at(2) },
      ],
    },
  },
};
const LINE = 'if (a > 0) go();';
const survivor = (...to: string[]): Survivor => ({ file: 'core/src/a.ts', line: LINE, to, reason: 'It is 1.' });
const measured = measuredIn(REPORT);

it('is what a run of Stryker found, by file', () => {
  const left = ['a >= 0', ''].map((to) => ({ line: LINE, to }));
  expect(measured).toEqual({ [FILE]: { hash: hashOf(SOURCE), noticed: 2, notTried: 1, left } });
});

it('is right where each mutant that is left has a reason, and each reason a mutant', () => {
  expect(judged(measured, [survivor('a >= 0'), survivor('')])).toEqual({ unexplained: [], needless: [] });
  expect(judged(measured, [survivor('a >= 0')]).unexplained).toEqual([{ file: FILE, line: LINE, to: '' }]);
  const [needless, elsewhere] = [survivor('a >= 0', '', 'true'), { ...survivor('x'), file: 'core/src/b.ts' }];
  expect(judged(measured, [needless, elsewhere])).toEqual({ unexplained: [], needless: [needless] });
});

it('is on the page, with what changed since, and without what is gone', () => {
  const page = (hash: string | null) => mutationPage(measured, { [FILE]: hash }, [survivor('')]);
  expect(page(hashOf(SOURCE))).toContain('\n| core/a.ts | 4 | 2 | 2 | 50.0 | 1 |  |\n');
  expect(page(hashOf('another'))).toContain('\n| core/a.ts | 4 | 2 | 2 | 50.0 | 1 | changed since |\n');
  expect(page(null)).not.toContain('core/a.ts |');
  expect(page(null)).toContain('- core/src/a.ts, `if (a > 0) go();`\n  → nothing\n  It is 1.');
});
