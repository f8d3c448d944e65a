// Proves the stores against real engines: pnpm engines [--short] [--check] [ENGINE ...]
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { escaped, judgeMutants } from './mutants.ts';
import { type Proof, prove } from './prove.ts';
import { allObjections, report } from './report.ts';

const ENGINES = ['sqlite', 'postgres', 'mysql', 'redis', 'etcd'];
/** Most on emulators, which are slow. They run when they are named: the races are as many, the history is short. */
const NAMED = ['dynamodb', 's3', 'r2', 'azure-blob', 'durable-object', 'deno-kv', 'nats-kv'];
const SHORT = { rounds: 30, operations: 5_000, writes: 300 };
const FULL = { rounds: 300, operations: 100_000, writes: 2_000 };
/** With --check: the same races, and histories in which each fault still comes. What the guard costs is shown, not checked. */
const CHECK = { ...FULL, operations: 60_000, writes: SHORT.writes };
const RACES_IN_FULL = { ...SHORT, rounds: FULL.rounds };

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { short: { type: 'boolean' }, check: { type: 'boolean' } },
});

function amountFor(engine: string) {
  if (values.short) return SHORT;
  if (NAMED.includes(engine)) return RACES_IN_FULL;
  return values.check ? CHECK : FULL;
}

const engines = positionals.length > 0 ? positionals : ENGINES;
const proofs: Proof[] = [];
for (const engine of engines) {
  const started = performance.now();
  proofs.push(await prove(engine, amountFor(engine)));
  console.error(`${engine}: ${Math.round((performance.now() - started) / 1000)} s`);
}
// The first of them has no mistake in it.
const mutants = await judgeMutants();
const text = report(proofs, mutants, process.versions.node);
console.log(text);
// The report that is kept is the whole one.
const whole = engines === ENGINES && !values.short;
if (whole && !values.check) await writeFile(new URL('../../../../docs/engines.md', import.meta.url), text);

const objections = [...allObjections(proofs), ...escaped(mutants)];
for (const objection of objections.slice(0, 100)) console.error(objection);
process.exitCode = objections.length > 0 ? 1 : 0;
