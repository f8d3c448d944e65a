// Measures one comparison in a process of its own, and sends what it measured to the one that started it.
import '../../tools/built.ts';
import { countAllocated } from './allocated.ts';
import { type Effort, measure } from './measure.ts';
import { type GroupName, groups } from './subjects/index.ts';

const [group, index, what, effort = ''] = process.argv.slice(2) as [GroupName, string, 'ratios' | 'bytes', string];
// The servers that it starts end with it, and it ends with the one that started it.
process.on('disconnect', () => process.exit());
const { comparisons } = await groups[group].load();
const prepared = await comparisons[Number(index)]?.prepare();
if (!prepared) throw new Error(`${group} has no comparison ${index}`);
const result =
  what === 'bytes' ? await countAllocated(prepared) : await measure(prepared, JSON.parse(effort) as Effort);
process.send?.(result, () => process.exit());
