import { weakCompare } from '@etag/core';
import { type FieldLine, field } from '@etag/wire';
import { type Check, failed, passed, skipped } from '../check.ts';
import type { Sent } from '../probe.ts';
import { type Subject, tagOf } from '../subject.ts';
import { OF_BROWSERS } from './codings.ts';

/** What a client sends with a read, and beside If-None-Match when it revalidates. */
interface Client {
  readonly name: string;
  readonly read: readonly FieldLine[];
  readonly revalidate: readonly FieldLine[];
}

const CLIENTS: readonly Client[] = [
  { name: 'curl', read: [], revalidate: [] },
  {
    name: "Node's fetch",
    read: [['Accept-Encoding', 'gzip, deflate']],
    revalidate: [
      ['Pragma', 'no-cache'],
      ['Cache-Control', 'no-cache'],
    ],
  },
  {
    name: 'a browser that reloads',
    read: [['Accept-Encoding', OF_BROWSERS]],
    revalidate: [['Cache-Control', 'max-age=0']],
  },
];

/** Reads and revalidates like a client; null when the resource has no tag for it, or changed meanwhile. */
async function revalidateAs(subject: Subject, { read, revalidate }: Client): Promise<Sent | null> {
  const full = await subject.read(read);
  const tag = tagOf(full.response);
  if (!tag) return null;
  const modified = field(full.response.headers, 'last-modified');
  const date: FieldLine[] = modified === null ? [] : [['If-Modified-Since', modified]];
  const sent = await subject.read([...read, ...revalidate, ['If-None-Match', tag], ...date]);
  const now = tagOf(sent.response);
  return sent.response.status === 200 && now && !weakCompare(now, tag) ? null : sent;
}

/** Who gets a 304, and who does not. */
export const clientChecks: readonly Check[] = [
  {
    id: 'clients-differ',
    title: "curl, Node's fetch and a browser are answered alike",
    section: 'RFC 9110 §13.2.2',
    severity: 'warning',
    fix: 'What these clients send differs in Accept-Encoding and Cache-Control; see coding-hit and read-no-cache.',
    async run(subject) {
      const answers: { name: string; sent: Sent }[] = [];
      for (const client of CLIENTS) {
        const sent = await revalidateAs(subject, client);
        if (sent) answers.push({ name: client.name, sent });
      }
      const isHit = ({ sent }: { sent: Sent }) => sent.response.status === 304;
      const missed = answers.filter((answer) => !isHit(answer));
      if (answers.length < 2 || missed.length === answers.length) return skipped('No client gets a 304.');
      if (missed.length === 0) return passed;
      const seen = answers.map(({ name, sent }) => `${name}: ${sent.response.status}`).join(', ');
      return failed('304 for all of them', seen, ...missed.map(({ sent }) => sent));
    },
  },
];
