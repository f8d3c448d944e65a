import type { Part, Result } from '../result.ts';
import { judge } from './judge.ts';
import { MUTANTS, type Mutant } from './mutants.ts';

async function judged(mutant: Mutant): Promise<string[]> {
  const verdict = await judge(mutant, mutant.test);
  return verdict === 'killed' ? [] : [`${mutant.mistake}: ${verdict}, by ${mutant.test.name}`];
}

/** Two at a time, as many as CI has cores. */
async function judgeAll(mutants: readonly Mutant[]): Promise<string[]> {
  const left = [...mutants];
  const worker = async () => {
    const wrong: string[] = [];
    for (let mutant = left.shift(); mutant; mutant = left.shift()) wrong.push(...(await judged(mutant)));
    return wrong;
  };
  return (await Promise.all([worker(), worker()])).flat();
}

export const mutants: Part = {
  name: 'mutants',
  title: 'Mistakes that the tests must notice',
  about:
    'One mistake at a time in the sources of core and of the stores; each must fail the test that is named beside it in `tools/proof/src/mutants/mutants.ts`. What Stryker makes of all the sources is in [tools/proof/mutation.md](../tools/proof/mutation.md).',
  async run(): Promise<Result[]> {
    const wrong = await judgeAll(MUTANTS);
    return [{ what: 'mistakes that are noticed by their test', cases: MUTANTS.length, faults: MUTANTS.length, wrong }];
  },
};
