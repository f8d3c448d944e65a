import type { Client } from './client.ts';
import { inLanes } from './lanes.ts';
import { paths } from './notes.ts';

const CODINGS = ['identity', 'gzip'];

/** What several nodes say of the same representations. */
export interface Agreement {
  requests: number;
  /** Requests answered other than by 200 with a tag. */
  failed: number;
  /** The representations: of each resource one in each content coding. */
  representations: number;
  /** Representations with another tag on another node. */
  disagreed: number;
  /** How many tags there are in all. */
  tags: number;
  /** Representations without a content coding whose bytes differ under the same tag. */
  differ: number;
  /** The same for those in gzip, which each framework has its own encoder for. */
  codedDiffer: number;
}

/** Reads everything in turn on each node, with and without gzip. */
export async function agreement(nodes: readonly Client[], requests: number, step: () => void): Promise<Agreement> {
  const seen = new Map<string, { tags: Set<string>; contents: Set<string> }>();
  let failed = 0;
  await inLanes(requests, 24, async (i) => {
    const path = paths[Math.floor(i / nodes.length) % paths.length] as string;
    const coding = CODINGS[Math.floor(i / nodes.length / paths.length) % CODINGS.length] as string;
    const { status, tag, content } = await (nodes[i % nodes.length] as Client).get(path, { 'Accept-Encoding': coding });
    const key = `${coding} ${path}`;
    const { tags, contents } = seen.get(key) ?? { tags: new Set(), contents: new Set() };
    seen.set(key, { tags: tags.add(tag), contents: contents.add(content.toString('latin1')) });
    if (status !== 200 || tag === '') failed++;
    step();
  });
  const all = [...seen];
  const differing = (coding: string) =>
    all.filter(([key, { contents }]) => key.startsWith(coding) && contents.size > 1);
  return {
    requests,
    failed,
    representations: all.length,
    tags: new Set(all.flatMap(([, { tags }]) => [...tags])).size,
    disagreed: all.filter(([, { tags }]) => tags.size > 1).length,
    differ: differing('identity').length,
    codedDiffer: differing('gzip').length,
  };
}
