import { fork } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { Effort, Measured } from './measure.ts';
import { type Ratio, ratio, verdict } from './ratio.ts';
import { markdown, type Section, table } from './report.ts';
import { type GroupName, groups } from './subjects/index.ts';

const { values: options } = parseArgs({
  options: {
    full: { type: 'boolean', default: false },
    check: { type: 'boolean', default: false },
    only: { type: 'string' },
  },
});

const effort: Effort = options.full ? { processes: 12, rounds: 40, turn: 5 } : { processes: 4, rounds: 15, turn: 4 };

async function measureInChild(group: GroupName, index: number): Promise<Measured[]> {
  const child = fork(new URL('./child.ts', import.meta.url), [group, String(index), JSON.stringify(effort)]);
  let measured: Measured[] | undefined;
  child.on('message', (message) => {
    measured = message as Measured[];
  });
  const [code] = await once(child, 'close');
  if (!measured) throw new Error(`comparison ${index} of ${group} ended with exit code ${code}`);
  return measured;
}

async function measureGroup(group: GroupName): Promise<Ratio[]> {
  const { comparisons } = await groups[group].load();
  const measured: Measured[][][] = comparisons.map(() => []);
  // One process for each comparison, then again from the first: what disturbs the machine for a while disturbs all.
  for (let run = 0; run < effort.processes; run++) {
    for (const index of comparisons.keys()) measured[index]?.push(await measureInChild(group, index));
  }
  return comparisons.flatMap(({ work }, index) => {
    const runs = measured[index] ?? [];
    return (runs[0] ?? []).map((_, contender) =>
      ratio(
        work,
        runs.map((run) => run[contender] as Measured),
      ),
    );
  });
}

const sections: Section[] = [];
for (const group of Object.keys(groups) as GroupName[]) {
  if (options.only && options.only !== group) continue;
  const section = { title: groups[group].title, ratios: await measureGroup(group) };
  console.log(`${section.title}\n${table(section.ratios)}\n`);
  sections.push(section);
}

if (options.full && !options.only) {
  writeFileSync(new URL('../../docs/performance.md', import.meta.url), markdown(sections, effort));
  console.log('docs/performance.md written');
}

const gross = sections.flatMap(({ ratios }) => ratios).filter((ratio) => verdict(ratio) === 'gross');
if (options.check && gross.length > 0) {
  console.error(
    'Less than half of the target:',
    gross.map(({ work, contender }) => `${work} (${contender})`).join('; '),
  );
  process.exitCode = 1;
}
