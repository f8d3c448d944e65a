import { isWeak, weakCompare } from '@etag/core';
import { type FieldLine, field } from '@etag/wire';
import { type Check, failed, passed, skipped } from '../check.ts';
import type { Sent } from '../probe.ts';
import { contentOf, type Subject, tagOf } from '../subject.ts';

const GZIP: FieldLine = ['Accept-Encoding', 'gzip'];

/** What became of a tag on its way from the origin; null when it is the same. */
function changeOf(origin: Sent, edge: Sent): string | null {
  const [from, to] = [tagOf(origin.response), tagOf(edge.response)];
  if (!from || from === to) return null;
  if (!to) return `the origin sends ${from}, and a hop drops it`;
  if (weakCompare(from, to))
    return `the origin sends ${from}, and a hop makes it ${isWeak(to) ? 'weak' : 'strong'}: ${to}`;
  const isSame = contentOf(origin.response) === contentOf(edge.response);
  return isSame ? `the origin sends ${from}, and a hop makes it ${to}` : null;
}

/** The response of each node, and those that have the same content under another tag. */
async function nodesOf(subject: Subject): Promise<readonly Sent[]> {
  const sent: Sent[] = [];
  for (const address of subject.settings.nodes) sent.push(await subject.read([], { address }));
  return sent;
}

/** The way from the origin, and the nodes behind a name. */
export const hopChecks: readonly Check[] = [
  {
    id: 'hop-tag',
    title: 'the tag arrives as the origin sends it',
    section: 'RFC 9110 §7.7',
    severity: 'warning',
    fix: 'A proxy between the reader and the origin rewrites the tag, mostly because it compresses. Let the application compress, and turn compression off there.',
    async run(subject) {
      const { origin } = subject.settings;
      if (origin === null) return skipped('The address of the origin is not given (--origin).');
      for (const headers of [[], [GZIP]]) {
        const behind = await subject.read(headers, { address: origin });
        const edge = await subject.read(headers);
        const change = changeOf(behind, edge);
        if (change !== null) return failed('the tag of the origin', change, behind, edge);
      }
      return passed;
    },
  },
  {
    id: 'node-tag',
    title: 'the given nodes have the same tag for the same content',
    section: 'RFC 9110 §8.8.1',
    severity: 'error',
    fix: 'Make the tag of what all nodes share: the content, or a stored version. Not of an inode, a start time, a counter or a salt of the process.',
    async run(subject) {
      if (subject.settings.nodes.length < 2) return skipped('The addresses of two nodes are not given (--node).');
      const all = await nodesOf(subject);
      const [first, ...others] = all.filter(({ response }) => response.status === 200 && tagOf(response));
      if (!first) return skipped('No node sends a tag.');
      const differing = others.filter(
        ({ response }) =>
          tagOf(response) !== tagOf(first.response) && contentOf(response) === contentOf(first.response),
      );
      if (differing.length === 0) return passed;
      const seen = [first, ...differing].map(
        ({ address, response }) => `${address}: ${field(response.headers, 'etag')}`,
      );
      return failed('one tag', seen.join(', '), first, ...differing);
    },
  },
];
