import { adapters, startFixture } from '../../../tools/adapters.ts';
import { contentPath, statePath } from '../../conformance/src/fixture.ts';
import { audit } from '../src/audit.ts';
import type { Finding } from '../src/report.ts';
import { startEndpoint } from './reference.ts';

// Audits endpoints that are right, again and again. Whatever is found at them is a false positive:
//   pnpm blameless [--runs 1000] [--all]
// It runs the checks that read one resource several times; with --all it runs those of a default run.

/** The checks that compare several reads of one resource. */
const REPEATED = /^(tag-(changes|tracker|per-node|shared)|content-changes)$/;

/** An endpoint that is right in all that the doctor looks at. */
interface Right {
  readonly name: string;
  readonly url: string;
}

/** What was found at an endpoint that is right. */
export interface Blamed {
  readonly name: string;
  readonly findings: readonly Finding[];
}

/** Endpoints that run. */
export interface Blameless {
  readonly all: readonly Right[];
  close(): void;
}

/** Starts the correct reference, and each of our adapters: without compression, and with it in every place. */
export async function startBlameless(): Promise<Blameless> {
  const reference = await startEndpoint();
  const all: Right[] = [{ name: 'the reference', url: reference.url }];
  const running: { close(): void }[] = [reference];
  for (const { name, platform, mode } of ours) {
    const fixture = await startFixture(name, mode, platform);
    running.push(fixture);
    const server = [`@etag/${name}`, platform, `compression ${mode}`].filter(Boolean).join(', ');
    for (const [what, path] of Object.entries(resources))
      all.push({ name: `${server}, ${what}`, url: fixture.origin + path });
  }
  return {
    all,
    close() {
      for (const one of running) one.close();
    },
  };
}

/** The adapters with the places where compression can stand. */
export const ours = adapters.flatMap(({ name, compression, platforms = [undefined] }) =>
  platforms.flatMap((platform) => compression.map((mode) => ({ name, platform, mode }))),
);

/** What they serve. */
export const resources = {
  'tagged by its content': contentPath({ body: 'hello '.repeat(600), fields: [['Cache-Control', 'no-cache']] }),
  'with a version and a date': statePath({ etag: '"v7"', lastModified: 'Sun, 06 Nov 2022 08:49:37 GMT' }, 3600),
};

/**
 * Audits an endpoint some times.
 *
 * @param isAll - runs all checks of a default run, instead of those that read again and again
 * @returns what was found, run by run; nothing where it is right
 * @throws Error when a check of repeated reads came to no result
 */
export async function blamedIn(runs: number, { name, url }: Right, isAll = false): Promise<readonly Blamed[]> {
  const blamed: Blamed[] = [];
  for (let run = 0; run < runs; run++) {
    const { findings, skipped } = await audit(url, isAll ? {} : { only: REPEATED });
    const undecided = skipped.find(({ id }) => REPEATED.test(id));
    if (undecided) throw new Error(`${name}: ${undecided.id} came to no result: ${undecided.why}`);
    if (findings.length > 0) blamed.push({ name, findings });
  }
  return blamed;
}

if (import.meta.main) {
  const { parseArgs } = await import('node:util');
  const options = { runs: { type: 'string', default: '1000' }, all: { type: 'boolean', default: false } } as const;
  const { values } = parseArgs({ options });
  const runs = Number(values.runs);
  const blameless = await startBlameless();
  let found = 0;
  for (const right of blameless.all) {
    const blamed = await blamedIn(runs, right, values.all);
    found += blamed.length;
    console.log(`${blamed.length === 0 ? 'ok  ' : 'FAIL'} ${right.name}: ${runs} runs, ${blamed.length} blamed`);
    for (const { id, expected, seen } of blamed.flatMap(({ findings }) => findings))
      console.log(`     ${id}: ${seen} (expected: ${expected})`);
  }
  blameless.close();
  console.log(`${runs * blameless.all.length} runs at ${blameless.all.length} endpoints: ${found} false positives`);
  if (found > 0) process.exitCode = 1;
}
