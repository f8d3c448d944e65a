import { setTimeout as wait } from 'node:timers/promises';
import type { Sources } from './application.ts';
import type { Census } from './census.ts';

/** How long what is closed may take to be gone, in ms. */
const SETTLED = 3000;

/** What is open, a line each. */
export function openOf(census: Census, sources: Sources): string[] {
  return [
    ...(census.connections > 0 ? [`connections: ${census.connections}`] : []),
    ...(sources.open > 0 ? [`sources that nobody closed: ${sources.open}`] : []),
  ];
}

/** Asks until nothing is left, for a time. */
export async function settled(left: () => string[]): Promise<string[]> {
  const until = performance.now() + SETTLED;
  while (true) {
    const lines = left();
    if (lines.length === 0 || performance.now() > until) return lines;
    await wait(50);
  }
}
