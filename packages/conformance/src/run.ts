import { Buffer } from 'node:buffer';
import { type EntityTag, parseEntityTag, weakCompare } from '@etag/core';
import {
  type ConnectionOptions,
  decoded,
  type ExchangeOptions,
  exchange,
  type FieldLine,
  field,
  type WireRequest,
  type WireResponse,
} from '@etag/wire';
import { DEFAULT_LENGTH, representation, vectorPath } from './fixture.ts';
import { type Report, type Result, reportOf } from './report.ts';
import type { Scenario, Step } from './scenario.ts';
import { scenarios } from './scenarios.ts';
import type { RangeVector, Vector } from './vector.ts';
import { rangeVectors, vectors } from './vectors.ts';

/** What of the suite to run, and how to connect. */
export interface RunOptions extends ConnectionOptions {
  /** Runs only what has an id or a section that this matches. @default everything */
  only?: RegExp | undefined;
}

/** What a response is and what it ought to be, in a few words; null when they agree. */
type Mismatch = { expected: string; got: string } | null;

/** One exchange with the server under test. */
type Send = (request: WireRequest, options?: ExchangeOptions) => Promise<WireResponse>;

/** Enough to hide the latency of a remote server, too few to overload a small one. */
const CONNECTIONS = 8;

/**
 * Runs every vector and every scenario against a server that implements the fixture contract.
 *
 * @param origin - such as `http://localhost:8787` or `https://staging.example`
 * @param options - what to run, by default everything, and how to connect
 * @returns what passed and what failed
 * @throws TypeError when `origin` is not an http or https origin
 * @throws Error when the server cannot be reached, or has no fixture
 */
export async function runConformance(origin: string, options: RunOptions = {}): Promise<Report> {
  if (!isOrigin(origin)) throw new TypeError(`${JSON.stringify(origin)} is not an http or https origin`);
  const { only, ...connection } = options;
  const send: Send = (request, options) => exchange(origin, request, { ...connection, ...options });
  const selected = <T extends { id: string; section: string }>(all: readonly T[]): T[] =>
    all.filter(({ id, section }) => !only || only.test(id) || only.test(section));

  // Without this, a server that is down, or has no fixture, would fail hundreds of times.
  await findFixture(origin, send);

  const tests = [
    ...selected(vectors).map((vector) => () => result(vector, () => checkVector(send, vector))),
    ...selected(rangeVectors).map((vector) => () => result(vector, () => checkRangeVector(send, vector))),
  ];
  const results: Result[] = new Array(tests.length);
  let next = 0;
  const worker = async () => {
    for (let index = next++; index < tests.length; index = next++) results[index] = await (tests[index] as Test)();
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, worker));

  // One after another: some of them look at the clock.
  for (const scenario of selected(scenarios)) {
    results.push(await result(scenario, () => checkScenario(send, scenario)));
  }
  return reportOf(origin, results);
}

/** Whether a text is an origin that the suite can be run against. */
export function isOrigin(text: string): boolean {
  return /^https?:\/\/[^/]+\/?$/.test(text);
}

type Test = () => Promise<Result>;

async function findFixture(origin: string, send: Send): Promise<void> {
  const { status, body } = await send({ method: 'GET', path: '/state', headers: [] });
  const isFixture = status === 200 && Buffer.from(body).toString('latin1') === representation(DEFAULT_LENGTH);
  if (isFixture) return;
  throw new Error(
    `GET /state at ${origin} answers ${status}${status === 200 ? ' with other content' : ''}: there is no fixture`,
  );
}

async function result(
  { id, section, title, kind }: Pick<Result, 'id' | 'section' | 'title' | 'kind'>,
  check: () => Promise<Mismatch>,
): Promise<Result> {
  const of = { id, section, title, ...(kind && { kind }) };
  try {
    return { ...of, failure: await check() };
  } catch (error) {
    return { ...of, failure: { expected: 'a response', got: (error as Error).message } };
  }
}

function unequal(what: string, expected: unknown, got: unknown): Mismatch {
  const text = (value: unknown) => (typeof value === 'string' ? shortened(JSON.stringify(value)) : String(value));
  return expected === got ? null : { expected: `${what} ${text(expected)}`, got: `${what} ${text(got)}` };
}

function shortened(text: string): string {
  return text.length > 120 ? `${text.slice(0, 117)}...` : text;
}

/** What no message may be: framed wrongly, or with an ETag that is not a tag. */
function malformed({ fault, headers }: WireResponse): Mismatch {
  if (fault !== null) return { expected: 'a message framed as HTTP/1.1 asks', got: fault };
  const etag = field(headers, 'etag');
  if (etag === null || parseEntityTag(etag)) return null;
  return { expected: 'an ETag that is an entity tag, or none', got: shortened(JSON.stringify(etag)) };
}

function requestOf(vector: Vector | RangeVector): WireRequest {
  return { method: vector.method, path: vectorPath(vector), headers: vector.headers };
}

async function checkVector(send: Send, vector: Vector): Promise<Mismatch> {
  const response = await send(requestOf(vector));
  return unequal('status', vector.expect.status, response.status) ?? malformed(response) ?? wrongTag(vector, response);
}

/** RFC 9110 §15.3.7, §15.4.5: a 206 and a 304 carry the tag that the 200 would have. */
function wrongTag({ method, state }: Vector | RangeVector, { status, headers }: WireResponse): Mismatch {
  const current = state?.etag;
  if (current === undefined || ![200, 206, 304].includes(status) || !['GET', 'HEAD', 'QUERY'].includes(method))
    return null;
  const etag = field(headers, 'etag');
  return etag !== null && weakCompare(etag as EntityTag, current as EntityTag) ? null : unequal('ETag', current, etag);
}

async function checkRangeVector(send: Send, vector: RangeVector): Promise<Mismatch> {
  const response = await send(requestOf(vector));
  const { status, headers, body } = response;
  const head = unequal('status', vector.expect.status, status) ?? malformed(response) ?? wrongTag(vector, response);
  if (head || vector.method !== 'GET') return head;

  const { length } = vector;
  const whole = representation(length);
  const content = Buffer.from(body).toString('latin1');
  const contentRange = field(headers, 'content-range');
  if (status === 416) return unequal('Content-Range', `bytes */${length}`, contentRange);
  const ranges = vector.expect.ranges ?? [];
  const [first] = ranges;
  if (!first) return unequal('Content-Range', null, contentRange) ?? unequal('content', whole, content);
  if (ranges.length === 1) {
    return (
      unequal('Content-Range', `bytes ${first.start}-${first.end}/${length}`, contentRange) ??
      unequal('content', whole.slice(first.start, first.end + 1), content)
    );
  }
  const parts = ranges.map(({ start, end }) => `bytes ${start}-${end}/${length} ${whole.slice(start, end + 1)}`);
  return (
    // RFC 9110 §15.3.7.2: a response with several parts has no Content-Range of its own
    unequal('Content-Range', null, contentRange) ??
    unequal('parts', parts.join('\n'), partsOf(content, field(headers, 'content-type') ?? '').join('\n'))
  );
}

/** The parts of a multipart/byteranges content, each as its Content-Range and its bytes (RFC 9110 §14.6). */
function partsOf(content: string, contentType: string): string[] {
  const boundary = /^multipart\/byteranges;\s*boundary="?([^";]+)"?$/i.exec(contentType)?.[1];
  if (boundary === undefined || !content.includes(`--${boundary}--`)) return [];
  const parts = `\r\n${content}`.split(`\r\n--${boundary}`).slice(1, -1);
  return parts.map((part) => {
    const end = part.indexOf('\r\n\r\n');
    const range = /^content-range: *(.*)$/im.exec(part.slice(0, end))?.[1]?.trim() ?? '';
    return `${range} ${part.slice(end + 4)}`;
  });
}

async function checkScenario(send: Send, scenario: Scenario): Promise<Mismatch> {
  const captured: Captured = new Map();
  for (const [index, step] of scenario.steps.entries()) {
    const mismatch = await checkStep(send, step, captured);
    if (!mismatch) continue;
    const where = scenario.steps.length > 1 ? `step ${index + 1}: ` : '';
    return { expected: `${where}${mismatch.expected}`, got: mismatch.got };
  }
  return null;
}

/** What placeholders stand for; null for a field that was not there. */
type Captured = Map<string, string | null>;

/** A text with its placeholders replaced; null when one of them stands for nothing. */
function filled(text: string, captured: Captured): string | null {
  let missing = false;
  const result = text.replace(/\{([a-z]+)\}/g, (placeholder, name: string) => {
    const value = captured.get(name);
    missing ||= value === null;
    return value ?? placeholder;
  });
  return missing ? null : result;
}

async function checkStep(send: Send, step: Step, captured: Captured): Promise<Mismatch> {
  const { method, path, expect, firstByteOnly, ifStrong } = step;
  if (ifStrong !== undefined && filled(ifStrong, captured)?.startsWith('W/')) return null;
  const headers: FieldLine[] = [];
  for (const [name, value] of step.headers ?? []) {
    const text = filled(value, captured);
    if (text === null) return { expected: `${value} from an earlier response`, got: 'a response without that field' };
    headers.push([name, text]);
  }
  const response = await send(
    { method, path, headers },
    { firstByteOnly, keepAlive: expect.staysOpen, ...(firstByteOnly && { timeout: 3000 }) },
  );
  const mismatch =
    (expect.status === undefined ? null : unequal('status', expect.status, response.status)) ??
    malformed(response) ??
    wrongConnection(expect, response) ??
    wrongFields(expect, response, captured) ??
    wrongTags(expect, response, captured) ??
    wrongContent(expect, response) ??
    wrongTime(expect, response);
  for (const [name, of] of Object.entries(step.capture ?? {})) captured.set(name, field(response.headers, of));
  return mismatch;
}

function wrongConnection({ otherMessage, staysOpen = false }: Step['expect'], response: WireResponse): Mismatch {
  if (otherMessage !== undefined && response.message === otherMessage) {
    return { expected: `another reason phrase than that of the 200`, got: response.message };
  }
  if (!staysOpen || response.staysOpen) return null;
  return { expected: 'a connection that stays open', got: 'one that the server closes' };
}

function wrongFields({ fields = {} }: Step['expect'], { headers }: WireResponse, captured: Captured): Mismatch {
  for (const [name, expected] of Object.entries(fields)) {
    const got = field(headers, name);
    if (expected === true || expected === false) {
      if ((got !== null) !== expected) return unequal(name, expected ? 'any value' : null, got);
      continue;
    }
    const value = filled(expected, captured);
    if (value === null) continue;
    // Whatever codes the content may add a name.
    if (name === 'vary' && isSubset(value, got ?? '')) continue;
    // A media type without parameters stands for all of its parameters.
    const comparable = name === 'content-type' && !value.includes(';') ? (got?.split(';')[0]?.trim() ?? null) : got;
    const mismatch = unequal(name, value, comparable);
    if (mismatch) return mismatch;
  }
  return null;
}

function isSubset(names: string, of: string): boolean {
  const set = of.toLowerCase().split(/[\s,]+/);
  return names
    .toLowerCase()
    .split(/[\s,]+/)
    .every((name) => set.includes(name));
}

function wrongTags(expect: Step['expect'], { headers }: WireResponse, captured: Captured): Mismatch {
  const { otherTag, otherTagWhenCoded, tagOf200 } = expect;
  const etag = field(headers, 'etag');
  if (tagOf200 !== undefined && etag?.startsWith('"') && etag !== filled(tagOf200, captured)) {
    return { expected: `the tag of the 200, ${filled(tagOf200, captured)}, or a weak one, or none`, got: etag };
  }
  if (otherTag !== undefined && etag !== null && etag === filled(otherTag, captured)) {
    return { expected: 'another tag', got: etag };
  }
  const coded = field(headers, 'content-encoding') !== null && etag?.startsWith('"');
  if (otherTagWhenCoded !== undefined && coded && etag === filled(otherTagWhenCoded, captured)) {
    return { expected: 'a tag of the coded content', got: `the tag of the plain content, ${etag}` };
  }
  return null;
}

function wrongContent({ body, json }: Step['expect'], response: WireResponse): Mismatch {
  if (body === undefined && json === undefined) return null;
  const content = Buffer.from(decoded(response)).toString('utf8');
  if (body !== undefined) return unequal('content', body, content);
  let members: Record<string, unknown>;
  try {
    members = Object(JSON.parse(content));
  } catch {
    return { expected: 'content that is JSON', got: shortened(JSON.stringify(content)) };
  }
  for (const [name, value] of Object.entries(json ?? {})) {
    const mismatch = unequal(`member ${name}`, value, members[name]);
    if (mismatch) return mismatch;
  }
  return null;
}

function wrongTime({ firstByteWithin, firstByteBeforeEnd }: Step['expect'], response: WireResponse): Mismatch {
  const { firstByteAfter, completeAfter } = response;
  if (firstByteWithin !== undefined && (firstByteAfter === null || firstByteAfter > firstByteWithin)) {
    const got = firstByteAfter === null ? 'no content' : `${Math.round(firstByteAfter)} ms`;
    return { expected: `the first byte of content within ${firstByteWithin} ms`, got };
  }
  if (firstByteBeforeEnd !== undefined && completeAfter - (firstByteAfter ?? completeAfter) < firstByteBeforeEnd) {
    return { expected: `the first byte of content ${firstByteBeforeEnd} ms before its end`, got: 'all of it at once' };
  }
  return null;
}
