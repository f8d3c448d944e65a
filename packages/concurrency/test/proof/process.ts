// A client process: it opens the store of an engine, does the tasks that it is sent, and answers each.
import { inspect } from 'node:util';
import type { Engine } from './engine.ts';
import { increment, race, record, type Task } from './tasks.ts';

const [name = '', url = ''] = process.argv.slice(2);
const { engine } = (await import(`./engines/${name}.ts`)) as { engine: Engine };
const { store, close } = await engine.open(url);

function run(task: Task): Promise<unknown> {
  switch (task.kind) {
    case 'increment':
      return increment(store, task);
    case 'race':
      return race(store, task);
    case 'record':
      return record(store, task);
  }
}

process.on('message', async (task: Task) => {
  try {
    process.send?.({ result: await run(task) });
  } catch (error) {
    // With its cause, and what that was caused by.
    process.send?.({ error: inspect(error) });
  }
});
process.on('disconnect', async () => {
  await close();
  process.exit();
});
process.send?.({ result: 'ready' });
