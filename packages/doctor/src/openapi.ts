import type { FieldLine } from '@etag/wire';
import { LineCounter, parseDocument } from 'yaml';
import type { Promises } from './promises.ts';

/** A read that a document describes, with all that is needed to send it. */
export interface Operation {
  readonly url: string;
  /** The line of the document that names its path, from 1 on. */
  readonly line: number;
  /** The fields that it requires. */
  readonly headers: readonly FieldLine[];
  readonly promises: Promises;
}

/** The reads of a document. */
export interface Operations {
  readonly operations: readonly Operation[];
  /** The reads that cannot be sent, and why. */
  readonly leftOut: readonly string[];
}

type Node = Readonly<Record<string, unknown>>;

/** A parameter whose value is known; a text where it is not. */
type Filled = { readonly name: string; readonly where: string; readonly value: string } | string;

/** Fields that the doctor sets itself, or that the standard of OpenAPI leaves to others. */
const OWN_FIELDS = /^(accept|content-type|authorization|if-.*|range)$/i;

const MOST_REFERENCES = 20;

/**
 * Reads the GETs of an OpenAPI document, whose parameters have examples.
 *
 * @param text - OpenAPI 3, as JSON or YAML
 * @param base - where its paths are; null for what its `servers` say
 * @throws Error for what cannot be read, with a text for its user
 */
export function operationsOf(text: string, base: string | null): Operations {
  const lines = new LineCounter();
  const parsed = parseDocument(text, { lineCounter: lines });
  const [error] = parsed.errors;
  if (error) throw new Error(`The OpenAPI document cannot be read: ${error.message.split('\n')[0]}`);
  const document = nodeOf(parsed.toJS({ maxAliasCount: 100 }));
  if (!/^3\./.test(String(document?.openapi ?? ''))) throw new Error('Not an OpenAPI document of version 3.');
  const paths = Object.entries(nodeOf(document?.paths) ?? {});
  const operations: Operation[] = [];
  const leftOut: string[] = [];
  for (const [path, value] of paths) {
    const item = follow(document, value);
    const get = follow(document, item?.get);
    if (!item || !get) continue;
    const filled = parametersOf(document, item, get);
    const missing = filled.filter((one) => typeof one === 'string');
    if (missing.length > 0) {
      leftOut.push(`GET ${path}: no example of ${missing.join(', ')}`);
      continue;
    }
    const parameters = filled.filter((one) => typeof one !== 'string');
    const url = urlOf(base ?? serverOf(document, item, get), path, parameters);
    if (url === null) {
      leftOut.push(`GET ${path}: its server is not an http or https URL. Give --base <url>`);
      continue;
    }
    const headers = parameters.flatMap(({ name, where, value }): FieldLine[] =>
      where === 'header' ? [[name, value]] : [],
    );
    operations.push({ url, line: lineOf(path), headers, promises: promisesOf(document, item, get) });
  }
  return { operations, leftOut };

  /** Where a path stands in the text. */
  function lineOf(path: string): number {
    const all = parsed.get('paths') as { items?: { key: { value?: unknown; range?: [number, ...unknown[]] } }[] };
    const key = all.items?.find((pair) => pair.key.value === path)?.key;
    return key?.range ? lines.linePos(key.range[0]).line : 1;
  }
}

function nodeOf(value: unknown): Node | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Node) : null;
}

/** The items of a list; none where a value is not one. */
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** What a value is, or what its `$ref` within the document points at; null where that is nothing. */
function follow(document: Node | null, value: unknown): Node | null {
  let node = nodeOf(value);
  for (let count = 0; node && typeof node.$ref === 'string'; count++) {
    if (!node.$ref.startsWith('#/') || count === MOST_REFERENCES) return null;
    const names = node.$ref.slice(2).split('/');
    const found = names.reduce<unknown>((from, name) => own(from, decodedName(name)), document);
    node = nodeOf(found);
  }
  return node;
}

/** A member of an object, or an item of an array. */
function own(from: unknown, name: string): unknown {
  return typeof from === 'object' && from !== null && Object.hasOwn(from, name) ? (from as Node)[name] : undefined;
}

/** RFC 6901 §3, §6: a name within a JSON Pointer in a fragment. */
function decodedName(name: string): string {
  let text = name;
  try {
    text = decodeURIComponent(name);
  } catch {
    // A lone % stands for itself.
  }
  return text.replaceAll('~1', '/').replaceAll('~0', '~');
}

/** The parameters of an operation; those of its path hold where it does not name them again. */
function parametersOf(document: Node | null, item: Node, operation: Node): Filled[] {
  const listed = [...listOf(operation.parameters), ...listOf(item.parameters)];
  const all = listed.map((one) => follow(document, one)).filter((one) => one !== null);
  const isFirst = (one: Node, index: number) =>
    all.findIndex(({ name, in: where }) => name === one.name && where === one.in) === index;
  return all.filter(isFirst).flatMap((parameter) => filledOf(document, parameter));
}

function filledOf(document: Node | null, parameter: Node): Filled[] {
  const { name, in: where, required } = parameter;
  if (typeof name !== 'string' || typeof where !== 'string') return [];
  if (where === 'header' && OWN_FIELDS.test(name)) return [];
  if (where === 'cookie' || (required !== true && where !== 'path')) return [];
  const value = exampleOf(document, parameter);
  return [value === null ? name : { name, where, value }];
}

/** The example of a parameter, else one of its schema. */
function exampleOf(document: Node | null, parameter: Node): string | null {
  const schema = follow(document, parameter.schema);
  const [named] = Object.values(nodeOf(parameter.examples) ?? {});
  const [ofSchema] = listOf(schema?.examples);
  const [first] = listOf(schema?.enum);
  const all = [parameter.example, follow(document, named)?.value, schema?.example, ofSchema, schema?.default, first];
  const value = all.find((one) => ['string', 'number', 'boolean'].includes(typeof one) && one !== '');
  return value === undefined ? null : String(value);
}

/** The server of an operation, with the defaults of its variables; null where the document names none. */
function serverOf(document: Node | null, item: Node, operation: Node): string | null {
  const [first] = [operation.servers, item.servers, document?.servers].flatMap(listOf);
  const server = nodeOf(first);
  if (typeof server?.url !== 'string') return null;
  const variables = nodeOf(server.variables);
  return server.url.replace(/\{([^{}]*)\}/g, (text, name) => String(nodeOf(own(variables, name))?.default ?? text));
}

function urlOf(server: string | null, path: string, parameters: readonly Exclude<Filled, string>[]): string | null {
  if (server === null || !/^https?:\/\//i.test(server) || !URL.canParse(server)) return null;
  const given = (where: string) => parameters.filter((one) => one.where === where);
  const filled = given('path').reduce(
    (text, { name, value }) => text.replaceAll(`{${name}}`, () => encodeURIComponent(value)),
    path,
  );
  if (/[{}]/.test(filled)) return null;
  const url = new URL(server);
  url.pathname = url.pathname.replace(/\/$/, '') + filled;
  for (const { name, value } of given('query')) url.searchParams.append(name, value);
  return url.href;
}

function promisesOf(document: Node | null, item: Node, get: Node): Promises {
  const put = follow(document, item.put);
  const takes = (operation: Node | null, pattern: RegExp) =>
    [...listOf(operation?.parameters), ...listOf(item.parameters)]
      .map((one) => follow(document, one))
      .some((one) => one?.in === 'header' && pattern.test(String(one.name)));
  const responsesOf = (operation: Node | null) => nodeOf(operation?.responses) ?? {};
  const names = Object.keys(nodeOf(follow(document, responsesOf(get)['200'])?.headers) ?? {});
  return {
    tag: names.some((name) => /^etag$/i.test(name)),
    modified: names.some((name) => /^last-modified$/i.test(name)),
    notModified: '304' in responsesOf(get) || takes(get, /^if-(none-match|modified-since)$/i),
    refusal: put !== null && ('412' in responsesOf(put) || takes(put, /^if-match$/i)),
    requirement: '428' in responsesOf(put),
  };
}
