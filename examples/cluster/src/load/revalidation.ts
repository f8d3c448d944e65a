import type { Client } from './client.ts';
import { inLanes } from './lanes.ts';
import { paths } from './notes.ts';

const READERS = 16;
const PATHS_EACH = 20;

/** What became of reads that sent a tag. */
export interface Ratio {
  conditional: number;
  notModified: number;
  /** Bytes of content that came. */
  bytes: number;
  /** Bytes of content that would have come without tags. */
  full: number;
}

export type Revalidation = Record<'notes' | 'pages', Ratio>;

export const ratioOf = ({ notModified, conditional }: Ratio) => notModified / conditional;

/** Readers who keep what they read, and ask for it again with its tag. Nothing changes meanwhile. */
export async function revalidate(client: Client, rounds: number, step: () => void): Promise<Revalidation> {
  const result = { notes: zero(), pages: zero() };
  await inLanes(READERS, READERS, async (reader) => {
    const kept = new Map<string, { tag: string; length: number }>();
    for (let i = 0; i < (rounds + 1) * PATHS_EACH; i++) {
      const path = paths[(reader * PATHS_EACH + (i % PATHS_EACH)) % paths.length] as string;
      const before = kept.get(path);
      const { status, tag, content } = await client.get(path, before && { 'If-None-Match': before.tag });
      if (status !== 200 && status !== 304) throw new Error(`GET ${path} answered ${status}; 200 or 304 was expected`);
      if (status === 200) kept.set(path, { tag, length: content.length });
      if (before) count(path.startsWith('/notes') ? result.notes : result.pages, status, content.length, before.length);
      step();
    }
  });
  return result;
}

/** How many steps `revalidate` takes. */
export const stepsOf = (rounds: number) => READERS * PATHS_EACH * (rounds + 1);

const zero = (): Ratio => ({ conditional: 0, notModified: 0, bytes: 0, full: 0 });

function count(ratio: Ratio, status: number, bytes: number, full: number): void {
  ratio.conditional++;
  ratio.bytes += bytes;
  ratio.full += full;
  if (status === 304) ratio.notModified++;
}
