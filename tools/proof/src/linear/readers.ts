import { Buffer } from 'node:buffer';
import type { EntityTag, ResourceState } from '@etag/core';
import { parseCacheControl } from '../../../../packages/client/src/cache-control.ts';
import { storedFields, verdictOn } from '../../../../packages/client/src/freshen.ts';
import { mergeJson } from '../../../../packages/client/src/merge.ts';
import { fingerprinter, isIdentifying } from '../../../../packages/client/src/partition.ts';
import { isFresh, isFreshBy, isStorable } from '../../../../packages/client/src/policy.ts';
import { isStoredResponse, parseStored } from '../../../../packages/client/src/stored-shape.ts';
import { validatingFields } from '../../../../packages/client/src/validators.ts';
import { nominated } from '../../../../packages/client/src/vary.ts';
import { mergePatch } from '../../../../packages/concurrency/src/merge-patch.ts';
import { objectName } from '../../../../packages/concurrency/src/object-name.ts';
import { stamped } from '../../../../packages/concurrency/src/stamp.ts';
import { readMessage } from '../../../../packages/wire/src/message.ts';
import type { Core } from '../properties/properties.ts';

type Readers = Readonly<Record<string, (text: string) => unknown>>;

const TAG: EntityTag = '"v7"';
const STATE: ResourceState = { etag: TAG, lastModified: 0 };
const PRECONDITIONS = ['if-match', 'if-none-match', 'if-modified-since', 'if-unmodified-since'];
const RESPONSE_FIELDS = [
  'cache-control',
  'content-encoding',
  'content-security-policy',
  'content-type',
  'etag',
  'vary',
];

/** What refuses with an error of these packages; any other error is thrown on. */
function tried(core: Core, read: () => unknown): unknown {
  try {
    return read();
  } catch (error) {
    if (core.isEtagError(error)) return error.code;
    throw error;
  }
}

/** All of core that reads a field of a request or of a response. */
export function readersOf(core: Core): Readers {
  const by = (method: string, field: string, value: string) => ({ method, headers: { [field]: value } });
  return {
    parseEntityTag: core.parseEntityTag,
    parseEntityTagList: core.parseEntityTagList,
    parseHttpDate: (text) => core.parseHttpDate(text),
    versionOf: (text) => core.versionOf(text as EntityTag),
    versionTag: (text) => core.versionTag(text),
    'codedTag of a coding': (text) => core.codedTag(TAG, text),
    'codedTag of a tag': (text) => core.codedTag(text as EntityTag, 'gzip'),
    strongCompare: (text) => core.strongCompare(text as EntityTag, TAG),
    weakCompare: (text) => core.weakCompare(text as EntityTag, 'W/"v7"'),
    contentTag: (text) => core.contentTag(text),
    acceptsCoding: (text) => core.acceptsCoding(by('GET', 'accept-encoding', text)),
    ...Object.fromEntries(
      PRECONDITIONS.flatMap((field) =>
        ['GET', 'PUT'].map((method) => [
          `evaluatePreconditions, ${method} by ${field}`,
          (text: string) => core.evaluatePreconditions(by(method, field, text), STATE),
        ]),
      ),
    ),
    'evaluateRange by Range': (text) => core.evaluateRange(by('GET', 'range', text), STATE, 1000),
    'evaluateRange by If-Range': (text) =>
      core.evaluateRange({ method: 'GET', headers: { range: 'bytes=0-1', 'if-range': text } }, STATE, 1000),
    'expectation by If-Match': (text) => tried(core, () => core.expectation(by('PUT', 'if-match', text))),
    'expectation by If-None-Match': (text) => tried(core, () => core.expectation(by('PUT', 'if-none-match', text))),
    'holds, of what If-Match lists': (text) =>
      tried(core, () => core.holds(core.expectation(by('PUT', 'if-match', text)), { version: '7' })),
    'checkPreconditions and the problem it tells of': (text) =>
      tried(core, () => core.checkPreconditions(by('PUT', 'if-match', text), STATE, { require: true })),
    'respond to what a store refused': (text) =>
      core.respond(
        by('PUT', 'if-match', text),
        core.outcome({ kind: 'stale', current: { version: '7' }, failed: 'oneOf' }),
      ),
    ...Object.fromEntries(
      RESPONSE_FIELDS.map((field) => [
        `the head of a response, by ${field}`,
        (text: string) => tried(core, () => responded(core, field, text)),
      ]),
    ),
  };
}

/** All that an adapter does to the head of a response. */
function responded(core: Core, field: string, text: string): unknown {
  const request = { method: 'GET', headers: { 'if-none-match': '*', 'accept-encoding': text } };
  const fields = new Map([
    ['etag', TAG as string],
    [field, text],
  ]);
  const headers = {
    get: (name: string) => fields.get(name) ?? null,
    set: (name: string, value: string) => void fields.set(name, value),
    delete: (name: string) => void fields.delete(name),
    keys: () => fields.keys(),
  };
  const head = { status: 200, headers };
  core.takesContentTag('GET', head);
  const read = core.evaluateResponse(request, head, core.takeOwnTag(headers));
  core.addVary(headers, 'Accept-Encoding');
  core.codeTag(request, head);
  core.toNotModified(headers, read);
  core.codeTag(request, { status: 304, headers });
  core.toRefusal(headers, { status: 412, headers: {}, body: null });
  return [...headers.keys()];
}

const NO_DIRECTIVES = parseCacheControl('');
const fingerprint = fingerprinter('a key of the proof, long enough');

/** A response as the client keeps it, with a field that came from a server. */
function kept(field: string, text: string) {
  return {
    id: '1',
    status: 200,
    statusText: '',
    headers: { etag: TAG, [field]: text },
    selecting: {},
    requested: 0,
    received: 0,
    took: 0,
    wireBytes: 0,
  } as Parameters<typeof isFresh>[0];
}

/** What the wire throws for bytes that are not a response. */
const REFUSED = /^not (?:an HTTP\/1\.1 response|a chunk size): /;

function readWire(text: string): unknown {
  try {
    return readMessage(Buffer.from(text, 'latin1'), 'GET', false);
  } catch (error) {
    if (error instanceof Error && REFUSED.test(error.message)) return null;
    throw error;
  }
}

/** The readers of what came from a server, or from another client by way of a store: the client, the stores and the wire. */
export const OTHERS: Readers = {
  'client: Cache-Control': parseCacheControl,
  'client: Cache-Control as freshness': (text) => isFresh(kept('cache-control', text), parseCacheControl(text), 1),
  'client: stale-if-error': (text) => isFreshBy('stale-if-error', kept('cache-control', text), NO_DIRECTIVES, 1),
  'client: whether it is stored': (text) => isStorable(NO_DIRECTIVES, 200, { 'cache-control': text }),
  ...Object.fromEntries(
    ['age', 'date', 'expires', 'last-modified', 'pragma'].map((field) => [
      `client: freshness by ${field}`,
      (text: string) => isFresh(kept(field, text), NO_DIRECTIVES, 1),
    ]),
  ),
  'client: Vary': nominated,
  'client: Connection, and what is stored': (text) =>
    storedFields({ get: () => text, [Symbol.iterator]: () => [][Symbol.iterator]() } as unknown as Headers),
  'client: the verdict on a 304, by its tag': (text) => verdictOn({ etag: TAG }, { etag: text }),
  'client: the verdict on a 304, by the stored tag': (text) => verdictOn({ etag: text }, { etag: TAG }),
  'client: the verdict on a 304, by its date': (text) => verdictOn({ 'last-modified': 'x' }, { 'last-modified': text }),
  'client: the validators it sends': (text) => validatingFields(kept('etag', text), 'both'),
  'client: whether a field identifies somebody': isIdentifying,
  'client: the name of a secret': (text) => fingerprint(text),
  'client: a stored row': (text) => isStoredResponse(parseStored(JSON.stringify(kept('x-a', text)))),
  'concurrency: the name of an object': (text) => objectName('notes/', text),
  'concurrency: a stamped row': stamped,
  'wire: a response': readWire,
};

/** A value, and two changes of it. */
interface Changes {
  readonly base: unknown;
  readonly mine: unknown;
  readonly theirs: unknown;
}

/** Parses a value, and changes it twice where it has its last number or name. */
export function changesOf(json: string): Changes {
  const at = Math.max(json.lastIndexOf('1'), json.lastIndexOf('a"'));
  const change = (to: string) => JSON.parse(json.slice(0, at) + to + json.slice(at + 1));
  return { base: JSON.parse(json), mine: change('2'), theirs: change('3') };
}

type JsonValue = Parameters<typeof mergeJson>[0];

/** What reads a whole JSON value. How deep it goes is up to a peer. */
export function jsonReadersOf(core: Core): Readonly<Record<string, (changes: Changes) => unknown>> {
  return {
    'client: mergeJson, of two changes': ({ base, mine, theirs }) =>
      mergeJson(base as JsonValue, mine as JsonValue, theirs as JsonValue),
    'client: mergeJson, of what both added': ({ mine, theirs }) =>
      mergeJson({}, mine as JsonValue, theirs as JsonValue),
    'concurrency: mergePatch': ({ base, mine }) => unlessTooDeep(() => mergePatch(base, mine)),
    canonicalJson: ({ mine }) => unlessTooDeep(() => core.canonicalJson(mine)),
    jsonTag: ({ mine }) => unlessTooDeep(() => core.jsonTag(mine)),
  };
}

/** As JSON.stringify does, some of them tell by a RangeError that the stack is exhausted. */
function unlessTooDeep(read: () => unknown): unknown {
  try {
    return read();
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}
