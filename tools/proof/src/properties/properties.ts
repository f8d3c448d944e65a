import { isDeepStrictEqual } from 'node:util';
import type * as core from '@etag/core';
import type { EntityTag, HeaderFields, ResourceState } from '@etag/core';
import fc from 'fast-check';
import { readTag, readTagList, textOf } from '../reference/entity-tags.ts';
import { readDate } from '../reference/http-date.ts';
import { decide, type Expected, type PlainRequest, type PlainState } from '../reference/preconditions.ts';
import { decideRange } from '../reference/range.ts';
import * as any from './arbitraries.ts';
import { canonicalProperty } from './canonical.ts';
import { SHAPES } from './shapes.ts';

/** What is put to the test: core, or core with a mistake in it. */
export type Core = typeof core;

/** Something that holds for every input. */
export interface Property {
  readonly name: string;
  /** How many cases one generated input makes. */
  readonly casesEach: number;
  /** The share of all inputs that it gets. */
  readonly share: number;
  of(core: Core): fc.IPropertyWithHooks<never>;
}

const shapes = Object.entries(SHAPES);

function differs(what: string, given: unknown, right: unknown): never {
  throw new Error(`${what}: ${JSON.stringify(given)}, and not ${JSON.stringify(right)}`);
}

function same(what: string, given: unknown, right: unknown): void {
  if (!isDeepStrictEqual(given, right)) differs(what, given, right);
}

/** As core takes it. */
const stateOf = (state: PlainState) => state as ResourceState | null;

/** Whether a decision is the right one. Of a malformed list on a read the reason may be that it names another tag. */
function isRight(given: core.Decision, right: Expected): boolean {
  const { outcome, field, reason, form } = given;
  const isIgnored = right.reason === 'malformed' && right.outcome === 'proceed';
  return (
    outcome === right.outcome &&
    field === right.field &&
    form === right.form &&
    (reason === right.reason || (isIgnored && (reason === 'no-match' || reason === 'absent')))
  );
}

function property<Ts extends [unknown, ...unknown[]]>(
  name: string,
  { casesEach = 1, share = 1 }: { casesEach?: number; share?: number },
  arbitraries: { [K in keyof Ts]: fc.Arbitrary<Ts[K]> },
  holds: (core: Core, ...values: Ts) => void,
): Property {
  return {
    name,
    casesEach,
    share,
    of: (core) =>
      fc.property(...arbitraries, (...values: Ts) => holds(core, ...values)) as fc.IPropertyWithHooks<never>,
  };
}

const now = fc.oneof(
  fc.constantFrom(-1, 0, 999, 1000, 1001, 2000).map((ms) => any.MODIFIED + ms),
  fc.constant(any.NOW),
);

/** An expectation of core, or the field that is malformed. */
function expectationOf(core: Core, method: string, headers: HeaderFields): core.Expectation | null {
  try {
    return core.expectation({ method, headers });
  } catch (error) {
    if (core.isEtagError(error) && error.status !== 428) return null;
    throw error;
  }
}

/** What holds for every input. */
export const PROPERTIES: readonly Property[] = [
  property(
    '§13.2.2 evaluatePreconditions decides as the standard does, for headers of five shapes',
    { casesEach: shapes.length, share: 10 },
    [any.request, any.state, any.status, fc.boolean()],
    (core, { method, fields }: PlainRequest, state: PlainState, status, acceptWeakened) => {
      const right = decide({ method, fields }, state, { status, acceptWeakened });
      for (const [shape, headersOf] of shapes) {
        const request = { method, headers: headersOf(fields) };
        const given = core.evaluatePreconditions(request, stateOf(state), { status, acceptWeakened });
        if (!isRight(given, right)) differs(shape, given, right);
      }
    },
  ),
  property(
    '§14.2, §13.1.5 evaluateRange decides as the standard does',
    { share: 3 },
    [
      fc.constantFrom('GET', 'GET', 'GET', 'HEAD'),
      any.range,
      fc.option(any.ifRange),
      any.state,
      fc.constantFrom(0, 1, 12, 1000),
      now,
    ],
    (core, method, range, ifRange, state, length, now) => {
      const fields = ifRange === null ? { range } : { range, 'if-range': ifRange };
      const given = core.evaluateRange({ method, headers: fields }, stateOf(state) ?? {}, length, { now });
      same('the range', given, decideRange({ method, fields }, state ?? {}, length, now));
    },
  ),
  property('§5.6.7 parseHttpDate reads the three formats and nothing else', { share: 4 }, [any.date], (core, text) => {
    const seconds = readDate(text, any.NOW);
    same('the date', core.parseHttpDate(text, any.NOW), seconds === null ? null : seconds * 1000);
  }),
  property(
    '§5.6.7 what formatHttpDate writes, parseHttpDate reads, in all three formats',
    { casesEach: 3 },
    [any.seconds, fc.nat(999)],
    (core, time, ms) => {
      const [imf, rfc850, asctime] = any.formatsOf(time);
      same('IMF-fixdate', core.formatHttpDate(time * 1000 + ms), imf);
      for (const text of [imf, asctime]) same(text, core.parseHttpDate(text), time * 1000);
      // A century of one digit is not of this format.
      if (new Date(time * 1000).getUTCFullYear() >= 1000)
        same(rfc850, core.parseHttpDate(rfc850, time * 1000), time * 1000);
    },
  ),
  property(
    '§8.8.3, §5.6.1 a tag and a list of tags are read as the grammar says',
    { share: 3 },
    [any.bytes],
    (core, text) => {
      const tag = readTag(text);
      same('the tag', core.parseEntityTag(text), tag && textOf(tag));
      const list = readTagList(text);
      same('the list', core.parseEntityTagList(text), Array.isArray(list) ? list.map(textOf) : list);
    },
  ),
  property(
    '§8.8.3 what entityTag makes is read back, alone and in a list',
    {},
    [fc.array(fc.tuple(any.version, fc.boolean()), { minLength: 1, maxLength: 4 })],
    (core, made) => {
      const isOpaque = (text: string) => /^[\x21\x23-\x7e\x80-\xff]*$/.test(text);
      const right = made.filter(([opaque]) => isOpaque(opaque));
      const tags = right.map(([opaque, weak]) => core.entityTag(opaque, { weak }));
      same(
        'the tags',
        tags,
        right.map(([opaque, weak]) => textOf({ weak, opaque: `"${opaque}"` })),
      );
      for (const tag of tags) same('the tag', core.parseEntityTag(` ${tag}\t`), tag);
      same('the list', core.parseEntityTagList(tags.join(' ,\t, ')), tags);
    },
  ),
  property(
    'version tags name one version each, coded or not, and give it back',
    { share: 2 },
    [any.version, any.version, fc.option(any.version), fc.constantFrom(null, 'gzip', 'br', 'zstd', 'deflate', 'dcb')],
    (core, version, other, variant, coding) => {
      const tag = core.versionTag(version, variant ?? undefined);
      same('the tag', core.parseEntityTag(tag), tag);
      const coded = core.codedTag(tag, coding);
      same(coded, core.versionOf(coded), version);
      const others = core.versionTag(other, variant ?? undefined);
      same('one tag for two versions', core.weakCompare(tag, others), version === other);
      if (version !== other) same('one coded tag for two versions', core.weakCompare(coded, others), false);
    },
  ),
  property(
    '§13.2 an expectation holds where the preconditions of the request do',
    { share: 3 },
    [any.write, any.state, fc.constantFrom('7', '7-gzip', '8', '')],
    (core, { method, fields }, state, version) => {
      const isThere = state !== null && version !== '';
      const modified = state?.lastModified ?? undefined;
      const current = isThere ? { version, modified } : null;
      const validators = isThere ? { etag: core.versionTag(version), lastModified: modified ?? null } : null;
      const { outcome } = core.evaluatePreconditions({ method, headers: fields }, validators);
      const expectation = expectationOf(core, method, fields);
      const holds = expectation !== null && core.holds(expectation, current);
      if (holds !== (outcome !== 'failed')) differs('the expectation holds', { holds, expectation }, { outcome });
      if (!expectation || holds) return;
      // The answer of a store that refuses is the answer to the preconditions.
      const refused = core.refused(expectation, current);
      const answer = core.respond({ method, headers: fields }, refused);
      same('the answer', answer.status, !isThere && ['PATCH', 'DELETE'].includes(method) ? 404 : 412);
      same('its tag', answer.headers.etag, validators?.etag);
    },
  ),
  canonicalProperty,
  property(
    'nothing that a peer sends makes a reader throw',
    { casesEach: 11, share: 2 },
    [any.bytes, any.state],
    (core, text, state) => {
      core.parseEntityTag(text);
      core.parseEntityTagList(text);
      core.parseHttpDate(text);
      core.versionOf(text as EntityTag);
      core.codedTag(text as EntityTag, text);
      core.acceptsCoding({ method: 'GET', headers: { 'accept-encoding': text } });
      for (const method of ['GET', 'PUT']) {
        const headers = {
          'if-match': text,
          'if-none-match': text,
          'if-modified-since': text,
          'if-unmodified-since': text,
        };
        core.evaluatePreconditions({ method, headers }, stateOf(state));
        expectationOf(core, method, headers);
      }
      core.evaluateRange({ method: 'GET', headers: { range: text, 'if-range': text } }, stateOf(state) ?? {}, 1000);
    },
  ),
];
