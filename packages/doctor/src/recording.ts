import { type FieldLine, field, type WireRequest } from '@etag/wire';
import type { Settings } from './options.ts';
import type { Sender, SendOptions, Sent } from './probe.ts';
import { codingOf } from './subject.ts';

/** The fields that make another request of a read. */
const PRECONDITIONS = ['If-Match', 'If-None-Match', 'If-Modified-Since', 'If-Unmodified-Since', 'If-Range', 'Range'];

/** Whether one request carries the same value of a field as another, or neither has it. */
const isSame = (a: readonly FieldLine[], b: readonly FieldLine[], name: string) => field(a, name) === field(b, name);

/** Whether a recorded read was asked under the same preconditions. */
function hasPreconditions(asked: readonly FieldLine[], recorded: readonly FieldLine[]): boolean {
  return PRECONDITIONS.every((name) => {
    // RFC 9110 §13.1.3: beside If-None-Match, which browsers send it with, the date does not count
    const isIdle = name === 'If-Modified-Since' && field(asked, 'If-None-Match') !== null;
    return isIdle || isSame(asked, recorded, name);
  });
}

/** Whether a recorded exchange shows a coding, where one is asked for by its name. */
function isInCoding(asked: readonly FieldLine[], { request, response }: Sent): boolean {
  const coding = field(asked, 'Accept-Encoding') ?? 'identity';
  if (!/^\w+$/.test(coding) || coding === 'identity') return true;
  if (response.status === 200) return codingOf(response) === coding;
  return (field(request.headers, 'accept-encoding') ?? '').toLowerCase().includes(coding);
}

/** Whether a recorded exchange is an answer to what a check asks. */
function answers(url: URL, { method, path, headers }: WireRequest, sent: Sent): boolean {
  if (sent.request.method !== method || sent.url.origin !== url.origin || sent.request.path !== path) return false;
  const recorded = sent.request.headers;
  const isFromPage = field(headers, 'Origin') === null || field(recorded, 'Origin') !== null;
  const cache = field(headers, 'Cache-Control');
  const isCacheControlled = cache === null || field(recorded, 'Cache-Control') === cache;
  return isFromPage && isCacheControlled && hasPreconditions(headers, recorded) && isInCoding(headers, sent);
}

/** Exchanges of the past. A check that asks what was asked then gets the answer of then; nothing is sent. */
export class Recording implements Sender {
  readonly settings: Settings;
  readonly exchanges: readonly Sent[];

  constructor(settings: Settings, exchanges: readonly Sent[]) {
    this.settings = settings;
    this.exchanges = exchanges;
  }

  /** The recorded answer to a request; rejects where nobody asked that. */
  async send(url: URL, request: WireRequest, options: SendOptions = {}): Promise<Sent> {
    const found =
      options.address || options.isStranger ? undefined : this.exchanges.find((sent) => answers(url, request, sent));
    if (!found) throw new Error('The recording does not have such a request.');
    return found;
  }
}

/**
 * The read of a resource that the others are compared with: the one whose tag was asked with later, else the first.
 *
 * @param exchanges - with one resource
 * @returns null where none was answered in full
 */
export function plainOf(exchanges: readonly Sent[]): Sent | null {
  const full = exchanges.filter(({ request: { method, headers }, response: { status } }) => {
    return method === 'GET' && status === 200 && PRECONDITIONS.every((name) => field(headers, name) === null);
  });
  const asked = exchanges
    .map(({ request }) => field(request.headers, 'If-None-Match'))
    .filter((value) => value !== null);
  const named = full.find(({ response }) => asked.includes(field(response.headers, 'etag') ?? ''));
  return named ?? full[0] ?? null;
}
