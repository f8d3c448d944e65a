import { createHash, randomUUID } from 'node:crypto';

/** What the tags of content are made from: the content alone, or also something that each process has of its own. */
export type Tags = 'shared' | 'process';

/**
 * The options of `etag()`. What is per process here is a salt; elsewhere it is an inode, a counter, the time of the start,
 * or a hash that is seeded anew by each process.
 */
export function tagOptions(tags: Tags) {
  if (tags === 'shared') return {};
  const salt = randomUUID();
  const digest = (content: string | Uint8Array) =>
    createHash('sha256').update(salt).update(content).digest('base64url');
  return { digest };
}

export type TagOptions = ReturnType<typeof tagOptions>;
