import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type Edit, pathOf } from './edit.ts';

const require = createRequire(import.meta.url);
const VITEST = join(dirname(require.resolve('vitest/package.json')), 'vitest.mjs');

/** What a test said of the sources with a mistake in them. */
export type Verdict = 'killed' | 'survived' | 'no such test';

/**
 * Runs a test on sources with a mistake in them, in a process of its own.
 *
 * @param edit - the mistake
 * @param test - its file, and its whole name
 */
export async function judge(edit: Edit, test: { readonly file: string; readonly name: string }): Promise<Verdict> {
  const folder = await mkdtemp(join(tmpdir(), 'etag-proof-'));
  const report = join(folder, 'report.json');
  const name = `^${test.name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`;
  const config = pathOf('tools/proof/mutant.vitest.ts');
  const args = [VITEST, 'run', '--config', config, '--reporter=json', `--outputFile=${report}`, '-t', name, test.file];
  const env = { ...process.env, PROOF_EDIT: JSON.stringify(edit) };
  const child = spawn(process.execPath, args, { cwd: pathOf(''), env, stdio: ['ignore', 'ignore', 'pipe'] });
  let errors = '';
  child.stderr.on('data', (text) => {
    errors += text;
  });
  await once(child, 'close');
  try {
    const { numFailedTests, numPassedTests } = JSON.parse(await readFile(report, 'utf8')) as Record<string, number>;
    if (numFailedTests) return 'killed';
    return numPassedTests ? 'survived' : 'no such test';
  } catch (cause) {
    throw new Error(`vitest said nothing of ${test.file}: ${errors.slice(-500)}`, { cause });
  } finally {
    await rm(folder, { recursive: true });
  }
}
