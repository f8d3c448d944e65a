/** How many polls a feed stays as it is; the first of five never changes. */
const PERIODS = [Number.POSITIVE_INFINITY, 40, 20, 10, 5];
const ENTRIES = 10;
const FIRST = Date.UTC(2026, 0, 1);
const HOUR_MS = 3_600_000;

/** How many entries a feed has had more than at first, after so many polls. */
export function newsOf(feed: number, polls: number): number {
  const period = PERIODS[feed % PERIODS.length] as number;
  return Math.floor((polls + feed) / period);
}

/**
 * The feed with its latest entries, always the same for the same news.
 *
 * @see RFC 4287 §4.1
 */
export function atom(feed: number, news: number): string {
  const entries = Array.from({ length: ENTRIES }, (_, i) => entry(feed, news - i));
  return `<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom">
  <id>urn:example:feed:${feed}</id>
  <title>Feed ${feed}</title>
  <updated>${timeOf(news)}</updated>
  <author><name>Author ${feed}</name></author>
${entries.join('\n')}
</feed>
`;
}

function entry(feed: number, number: number): string {
  return `  <entry>
    <id>urn:example:feed:${feed}:${number}</id>
    <title>Entry ${number}</title>
    <updated>${timeOf(number)}</updated>
    <summary>${`What happened in hour ${number}, and what to make of it. `.repeat(4 + feed)}</summary>
  </entry>`;
}

const timeOf = (number: number) => new Date(FIRST + number * HOUR_MS).toISOString();
