// Measures one comparison in a process of its own, and sends what it measured to the one that started it.
import { type Effort, measure } from './measure.ts';
import { type GroupName, groups } from './subjects/index.ts';

const [group, index, effort] = process.argv.slice(2) as [GroupName, string, string];
const { comparisons } = await groups[group].load();
const prepared = await comparisons[Number(index)]?.prepare();
if (prepared) process.send?.(await measure(prepared, JSON.parse(effort) as Effort));
