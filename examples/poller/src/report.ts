import type { Comparison } from './comparison.ts';
import { svg } from './plot.ts';

const MEGABYTE = 1_000_000;

/** What does not add up. */
export function wrongs({ withValidators, without, stats }: Comparison): string[] {
  const { requests, notModified, savedBytes } = withValidators.count;
  const pairs: [what: string, client: number, server: number][] = [
    ['requests', stats.requests, requests],
    ['304s', stats.answers['not-modified'], notModified],
    ['bytes saved', stats.savedBytes, savedBytes],
    ['304s that could not be used', stats.mismatches, 0],
  ];
  const wrong = pairs
    .filter(([, client, server]) => client !== server)
    .map(([what, client, server]) => `${what}: ${client} by the client, ${server} by the server`);
  const isSame = withValidators.contents.every((content, feed) => content === without.contents[feed]);
  return isSame ? wrong : [...wrong, 'A feed read with validators is not what it is without.'];
}

/** The bytes that were sent by the end of each round. */
export function draw({ withValidators, without }: Comparison): string {
  const [most = 0, least = 0] = [without.sent.at(-1), withValidators.sent.at(-1)];
  const megabytes = (sent: readonly number[]) => [0, ...sent].map((bytes) => bytes / MEGABYTE);
  return svg({
    title: 'Bytes sent for 20 feeds, polled with and without validators',
    description:
      `After ${without.sent.length} polls of each feed the server has sent ${(most / MEGABYTE).toFixed(1)} MB without ` +
      `validators, and ${(least / MEGABYTE).toFixed(1)} MB with them.`,
    x: 'polls of each feed',
    y: 'MB sent, heads and content',
    lines: [
      { name: 'with validators', values: megabytes(withValidators.sent) },
      { name: 'without', values: megabytes(without.sent) },
    ],
  });
}
