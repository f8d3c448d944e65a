import type { Mutant } from './mutants.ts';
import { objections, type Proof } from './prove.ts';
import { RACES } from './races.ts';

/** The most that the guard should cost. Machines are noisy: it is reported, and not a failure. */
const TARGETS: Record<string, number> = { postgres: 1.1 };

const thousands = (count: number) => count.toLocaleString('en');

/** The report as Markdown, and as what a terminal shows. */
export function report(proofs: readonly Proof[], mutants: readonly Mutant[], node: string): string {
  return `# What the stores were put through

Every store, on a real engine, used by two operating-system processes at once. Written by \`pnpm engines\`; do not edit it by
hand. \`pnpm engines --check\` runs it again and fails when one figure is not what it must be.

The stores of DynamoDB, S3, R2, Azure Blob Storage, Durable Objects and Deno KV are run on emulators, which are slow, and that
of NATS KV on its server. They are put through the same when they are named, \`pnpm engines dynamodb s3 r2 azure-blob
durable-object deno-kv nats-kv\`, and are not on this page.

Node ${node}; ${proofs.map(({ version }) => version).join('; ')}.

## Increments and races

32 writers of two processes increment one counter 40 times each, by \`update\`. Then 32 racers of two processes try
the same at once, with the same expectation: one must win, and each of the others must be told what the winner did.

${table([
  [
    'engine',
    'increments acknowledged',
    'lost',
    ...RACES.map((race) => `${race}: rounds`),
    'without one winner',
    'misclassified',
  ],
  ...proofs.map(({ engine, increments, races }) => [
    engine,
    thousands(increments.acknowledged),
    thousands(increments.lost),
    ...RACES.map((race) => thousands(races[race].rounds)),
    thousands(RACES.reduce((sum, race) => sum + races[race].unfair, 0)),
    thousands(RACES.reduce((sum, race) => sum + races[race].misclassified, 0)),
  ]),
])}

## Histories with faults

32 clients of two processes read, create, update and delete at random while faults are injected. Every call is recorded, and
\`checkHistory\` looks for forks, gaps, duplicates, real-time inversions (which is what a lost write comes to) and false
conflicts. A write whose outcome nobody learned must have been reported as unknown, and taken place once or not at all.

${table([
  ['engine', 'operations', 'writes acknowledged', 'outcome unknown', 'violations', 'faults'],
  ...proofs.map(({ engine, history }) => [
    engine,
    thousands(history.operations),
    thousands(history.acknowledged),
    thousands(history.unknown),
    thousands(history.violations.length),
    Object.entries(history.faults)
      .map(([name, times]) => `${times} × ${name}`)
      .join(', '),
  ]),
])}

## Stores with a mistake in them

What the contract suite (\`testVersionedStore\`) and the checker (\`checkHistory\`) say of broken stores on PostgreSQL and on
Redis. Both must catch each, and neither may blame the store that they are made of.

${table([
  ['mistake', 'laws broken', 'violations in its history'],
  ...mutants.map(({ mistake, laws, violations }) => [mistake, thousands(laws), violations.join(', ') || 'none']),
])}

## What the guard costs

The median time of a conditional write (\`put\` with the version that is expected) for one that overwrites the value without
looking, by the same driver on the same connections, in turn, one after the other; and the quartiles of that ratio. Where a
write waits for a disk or a network, the guard is a small part of it. SQLite with \`synchronous = NORMAL\` waits for neither:
there the ratio is that of two statements to one, differs from machine to machine, and has no target. What a store costs beside
an optimistic lock by hand is in [stores.md](stores.md#cost).

${table([
  ['engine', 'ratio', 'quartiles', 'writes of each', 'target'],
  ...proofs.map(({ engine, cost: { quartiles, writes } }) => {
    const [lower, median, upper] = quartiles.map((ratio) => ratio.toFixed(2));
    const most = TARGETS[engine];
    const target = most ? `≤ ${most} × ${quartiles[1] <= most ? 'ok' : 'short'}` : '';
    return [engine, `${median} ×`, `${lower} to ${upper} ×`, thousands(writes), target];
  }),
])}
`;
}

function table(rows: string[][]): string {
  const [head = [], ...body] = rows;
  return [head, head.map(() => '---'), ...body].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/** What is wrong, a line each, with the name of the engine. */
export function allObjections(proofs: readonly Proof[]): string[] {
  return proofs.flatMap((proof) => objections(proof).map((objection) => `${proof.engine}: ${objection}`));
}
