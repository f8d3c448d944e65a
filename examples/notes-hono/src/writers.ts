import { Agent } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { exchange } from './wire.ts';

/**
 * Many writers increment one note's counter: read, add one, save with If-Match, and start again on a 412.
 *
 * @param ports - the servers of the database; the writers take them in turn
 * @returns how many increments the server acknowledged, how many it refused, and what the counter came to
 */
export async function race(ports: readonly number[], options: { writers: number; increments: number }) {
  const agent = new Agent({ keepAlive: true, maxSockets: options.writers });
  const path = '/notes/counter';
  const save = (port: number, text: string, headers: Record<string, string>) =>
    exchange(agent, port, 'PUT', path, headers, JSON.stringify({ title: 'counter', text }));
  const read = async (port: number) => {
    const found = await exchange(agent, port, 'GET', path, {});
    return { tag: String(found.headers.etag), count: Number(JSON.parse(found.content).text) };
  };

  const [first = 0] = ports;
  await save(first, '0', { 'If-None-Match': '*' });
  let acknowledged = 0;
  let refused = 0;
  const increment = async (port: number): Promise<void> => {
    const { tag, count } = await read(port);
    const { status } = await save(port, `${count + 1}`, { 'If-Match': tag });
    if (status === 200) acknowledged++;
    else if (status !== 412) throw new Error(`PUT ${path} answered ${status}; 200 or 412 was expected`);
    else {
      refused++;
      await sleep(Math.random() * 20);
      return increment(port);
    }
  };
  const write = async (_: unknown, writer: number) => {
    for (let i = 0; i < options.increments; i++) await increment(ports[writer % ports.length] ?? first);
  };
  await Promise.all(Array.from({ length: options.writers }, write));
  const { count } = await read(first);
  agent.destroy();
  return { acknowledged, refused, count };
}
