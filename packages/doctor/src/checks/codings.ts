import { type EntityTag, isWeak, strongCompare, weakCompare } from '@etag/core';
import { type FieldLine, field } from '@etag/wire';
import { type Check, failed, passed, skipped, type Verdict } from '../check.ts';
import type { Sent } from '../probe.ts';
import { codingOf, isNoStore, type Subject, tagOf } from '../subject.ts';
import { varyOf } from './not-modified.ts';

const CODINGS = ['gzip', 'br', 'zstd'];

/** What a browser accepts. */
export const OF_BROWSERS = 'gzip, deflate, br, zstd';

const NOT_CODED = 'It is not sent in any coding.';

const accepting = (coding: string): FieldLine => ['Accept-Encoding', coding];

/** A read that came in a coding. */
interface Coded {
  readonly coding: string;
  /** What was asked for. */
  readonly accepted: string;
  readonly sent: Sent;
  readonly tag: EntityTag | null;
}

/** A read that asks for a coding; null where a recording has none. */
async function readIn(subject: Subject, coding: string): Promise<Sent | null> {
  const sent = subject.read([accepting(coding)]);
  return subject.recorded ? sent.catch(() => null) : sent;
}

/** The resource in each coding that the server has. */
async function codedReads(subject: Subject): Promise<readonly Coded[]> {
  const found: Coded[] = [];
  for (const coding of CODINGS) {
    const sent = await readIn(subject, coding);
    if (!sent) continue;
    if (isIn(coding, sent)) found.push({ coding, accepted: coding, sent, tag: tagOf(sent.response) });
  }
  // Some servers choose only among the codings of a browser.
  const sent = await readIn(subject, OF_BROWSERS);
  const coding = sent && codingOf(sent.response);
  if (!coding || found.some((one) => one.coding === coding) || !isIn(coding, sent)) return found;
  return [...found, { coding, accepted: OF_BROWSERS, sent, tag: tagOf(sent.response) }];
}

const isIn = (coding: string, { response }: Sent) => response.status === 200 && codingOf(response) === coding;

/** The coding of the read that asked for none; null where it is not coded. */
const codingOfPlain = ({ plain }: Subject) => codingOf(plain.response);

const ALWAYS_CODED = 'There is no read without a coding to compare with.';

/** A check of each coding beside the content without one. */
function besidePlain(look: (subject: Subject, coded: Coded) => Verdict) {
  return async (subject: Subject): Promise<Verdict> =>
    codingOfPlain(subject) === null ? ofEach(look)(subject) : skipped(ALWAYS_CODED);
}

/** A revalidation with the tag of a coded read. */
const hitOfCoded = (subject: Subject, { accepted, tag }: Coded) =>
  subject.read([accepting(accepted), ['If-None-Match', tag as string]]);

/** A check of each coding: the first failure counts. */
function ofEach(look: (subject: Subject, coded: Coded) => Promise<Verdict> | Verdict) {
  return async (subject: Subject): Promise<Verdict> => {
    const reads = await codedReads(subject);
    if (reads.length === 0) return skipped(NOT_CODED);
    const verdicts: Verdict[] = [];
    for (const coded of reads) verdicts.push(await look(subject, coded));
    const isTelling = (kind: Verdict['kind']) => verdicts.find((verdict) => verdict.kind === kind);
    return isTelling('failed') ?? isTelling('passed') ?? verdicts[0] ?? skipped(NOT_CODED);
  };
}

/** A check of the 304 to a coded tag. */
function ofEach304(look: (coded: Coded, notModified: Sent) => Verdict) {
  return ofEach(async (subject, coded) => {
    if (!coded.tag) return skipped('The coded response has no tag.');
    const sent = await hitOfCoded(subject, coded);
    return sent.response.status === 304 ? look(coded, sent) : skipped('The coded tag is not answered 304.');
  });
}

const IN_APPLICATION =
  'Let the application compress, with @etag in front of its compression: it gives each coding a tag of its own, on reads and on writes';

/** RFC 9110 §8.8.3.3: tags under content codings. */
export const codingChecks: readonly Check[] = [
  {
    id: 'coding-tag-weakened',
    title: 'a coded response keeps a tag that guards writes',
    section: 'RFC 9110 §13.1.1',
    severity: 'warning',
    fix: `A hop compresses and weakens the tag, so that no If-Match of its readers can ever pass. ${IN_APPLICATION}; or let the application take weakened tags (acceptWeakened).`,
    run: besidePlain(({ tag, plain }, coded) => {
      if (!tag || !coded.tag || isWeak(tag) || !isWeak(coded.tag)) return passed;
      return failed(`a strong tag under ${coded.coding}, like ${tag} without`, `${coded.tag}`, plain, coded.sent);
    }),
  },
  {
    id: 'coding-tag-stripped',
    title: 'a coded response has a tag',
    section: 'RFC 9110 §8.8.3',
    severity: 'warning',
    fix: `A hop compresses and drops the tag, so that readers who take codings never get a 304. ${IN_APPLICATION}.`,
    run: besidePlain(({ tag, plain }, coded) => {
      if (!tag || field(coded.sent.response.headers, 'etag') !== null) return passed;
      return failed(`a tag under ${coded.coding}`, `none, while there is ${tag} without a coding`, plain, coded.sent);
    }),
  },
  {
    id: 'coding-tag-shared',
    title: 'each coding has a strong tag of its own',
    section: 'RFC 9110 §8.8.3.3',
    severity: 'error',
    fix: `One strong tag for different bytes corrupts downloads that are resumed, and caches that mix the two. ${IN_APPLICATION}; or mark the tag as weak.`,
    async run(subject) {
      const coded = await codedReads(subject);
      if (coded.length === 0) return skipped(NOT_CODED);
      const plain = { coding: codingOfPlain(subject) ?? 'no coding', sent: subject.plain, tag: subject.tag };
      const all = [plain, ...coded];
      for (const [index, one] of all.entries()) {
        const others = all.slice(0, index).filter(({ coding }) => coding !== one.coding);
        const other = others.find(({ tag }) => tag && one.tag && strongCompare(tag, one.tag));
        if (!other) continue;
        return failed('two tags', `${one.tag} for ${other.coding} and for ${one.coding}`, other.sent, one.sent);
      }
      return passed;
    },
  },
  {
    id: 'coding-vary',
    title: 'a response that may be coded varies by Accept-Encoding',
    section: 'RFC 9110 §12.5.5',
    severity: 'error',
    fix: 'Send Vary: Accept-Encoding with every response that may be coded, coded or not: without it a cache sends gzip to readers that do not take it.',
    run: ofEach((subject, coded) => {
      // A server that codes whatever is asked for does not choose.
      if (!subject.recorded && codingOfPlain(subject) === coded.coding) return skipped(ALWAYS_CODED);
      if (isNoStore(coded.sent.response)) return skipped('It is not to be stored (no-store).');
      const names = varyOf(coded.sent.response);
      if (names.includes('accept-encoding') || names.includes('*')) return passed;
      const seen = field(coded.sent.response.headers, 'vary');
      return failed('Vary: Accept-Encoding', seen === null ? 'no Vary' : `Vary: ${seen}`, coded.sent);
    }),
  },
  {
    id: 'coding-hit',
    title: 'a reader that has the coded content gets a 304',
    section: 'RFC 9110 §13.1.2',
    severity: 'error',
    fix: `The tag of the coded response is not known to whatever compares it, so that readers who take codings, all browsers among them, never get a 304. ${IN_APPLICATION}.`,
    run: ofEach(async (subject, coded) => {
      if (!coded.tag) return skipped('The coded response has no tag.');
      const sent = await hitOfCoded(subject, coded);
      const { status } = sent.response;
      if (status === 304) return passed;
      const now = tagOf(sent.response);
      if (status === 200 && now && !weakCompare(now, coded.tag)) return skipped('The resource changed meanwhile.');
      return failed(`status 304 to ${coded.tag} under ${coded.coding}`, `status ${status}`, coded.sent, sent);
    }),
  },
  {
    id: 'coding-not-modified-tag',
    title: 'the 304 to a coded tag does not carry another strong tag',
    section: 'RFC 9111 §4.3.4',
    severity: 'warning',
    fix: `By the tag of the 304 a cache finds what it has stored; with another strong one it finds nothing. ${IN_APPLICATION}.`,
    run: ofEach304((coded, notModified) => {
      const own = tagOf(notModified.response);
      if (own === null || isWeak(own) || own === coded.tag) return passed;
      return failed(`ETag: ${coded.tag}, or a weak one`, `ETag: ${own}`, coded.sent, notModified);
    }),
  },
  {
    id: 'coding-not-modified-vary',
    title: 'the 304 to a coded tag varies like the 200',
    section: 'RFC 9110 §15.4.5',
    severity: 'warning',
    fix: 'Send Vary: Accept-Encoding with the 304 as well.',
    run: ofEach304((coded, notModified) => {
      const own = varyOf(notModified.response);
      const absent = varyOf(coded.sent.response).filter((name) => !own.includes(name));
      if (absent.length === 0) return passed;
      return failed(`Vary: ${absent.join(', ')}`, 'a 304 without it', coded.sent, notModified);
    }),
  },
];
