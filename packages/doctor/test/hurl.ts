import { exchange, type FieldLine, field, type WireResponse } from '@etag/wire';

// Runs the part of Hurl's language that the doctor writes: requests with fields and base64 content, a status, captures of fields and
// asserts. Whatever else it meets is an error, as it would be to hurl. https://hurl.dev/docs/grammar.html

interface Entry {
  readonly method: string;
  readonly url: string;
  readonly headers: readonly FieldLine[];
  readonly content: Uint8Array | undefined;
  readonly status: string;
  readonly captures: readonly string[];
  readonly asserts: readonly string[];
}

type Variables = Map<string, string>;

/** The entries of a file. */
export function entriesOf(text: string): Entry[] {
  const blocks = text
    .split(/\n{2,}/)
    .map((block) => block.split('\n').filter((line) => !line.startsWith('#')))
    .filter((lines) => lines.length > 0);
  return blocks.map(entryOf);
}

function entryOf([first = '', ...lines]: readonly string[]): Entry {
  const [, method, url] = /^(GET|HEAD|PUT|OPTIONS|QUERY) (http\S+)$/.exec(first) ?? [];
  const at = lines.findIndex((line) => /^HTTP (\d{3}|\*)$/.test(line));
  if (method === undefined || url === undefined || at < 0)
    throw new Error(`Not an entry: ${[first, ...lines].join('\n')}`);
  const body = lines.slice(0, at).find((line) => /^base64,[A-Za-z0-9+/=]*;$/.test(line));
  const headers = lines.slice(0, at).filter((line) => line !== body);
  const rest = lines.slice(at + 1);
  const sectionOf = (name: string) => {
    const start = rest.indexOf(`[${name}]`);
    if (start < 0) return [];
    const end = rest.findIndex((line, index) => index > start && line.startsWith('['));
    return rest.slice(start + 1, end < 0 ? rest.length : end);
  };
  return {
    method,
    url,
    headers: headers.map((line): FieldLine => {
      const [, name, value] = /^([\w-]+): (.*)$/.exec(line) ?? [];
      if (name === undefined || value === undefined) throw new Error(`Not a field: ${line}`);
      return [name, value];
    }),
    content: body === undefined ? undefined : Buffer.from(body.slice(7, -1), 'base64'),
    status: (lines[at] as string).slice(5),
    captures: sectionOf('Captures'),
    asserts: sectionOf('Asserts'),
  };
}

/** A text with its escapes and variables filled in. */
function filled(text: string, variables: Variables): string {
  return text
    .replace(/\{\{(\w+)\}\}/g, (_, name) => {
      const value = variables.get(name);
      if (value === undefined) throw new Error(`No variable ${name}`);
      return value;
    })
    .replace(/\\u\{([0-9a-f]+)\}/g, (_, code) => String.fromCharCode(Number.parseInt(code, 16)));
}

/** Sends the entries one after another; the first that does not hold, or null. */
export async function failureOf(text: string, variables: Variables = new Map()): Promise<string | null> {
  for (const entry of entriesOf(text)) {
    const url = new URL(filled(entry.url, variables));
    const headers = entry.headers.map(([name, value]): FieldLine => [name, filled(value, variables)]);
    const { method, content } = entry;
    const response = await exchange(url.origin, { method, path: url.pathname + url.search, headers, content });
    if (entry.status !== '*' && entry.status !== String(response.status))
      return `HTTP ${entry.status}, not ${response.status}`;
    for (const line of entry.captures) capture(line, response, variables);
    const failed = entry.asserts.find((line) => !holds(filled(line, variables), response));
    if (failed !== undefined) return failed;
  }
  return null;
}

function capture(line: string, { headers }: WireResponse, variables: Variables): void {
  const [, variable, name, pattern] = /^(\w+): header "([\w-]+)"(?: regex \/(.*)\/)?$/.exec(line) ?? [];
  const value = name === undefined ? null : field(headers, name);
  const found = pattern === undefined ? value : new RegExp(pattern).exec(value ?? '')?.[1];
  if (variable === undefined || found === undefined || found === null) throw new Error(`Not captured: ${line}`);
  variables.set(variable, found);
}

function holds(line: string, { status, headers }: WireResponse): boolean {
  const [, operator, number] = /^status (==|>=|<) (\d+)$/.exec(line) ?? [];
  if (operator === '==') return status === Number(number);
  if (operator !== undefined) return operator === '>=' ? status >= Number(number) : status < Number(number);
  const [, name = '', predicate = ''] = /^header "([\w-]+)" (.*)$/.exec(line) ?? [];
  const value = field(headers, name);
  if (predicate === 'exists') return value !== null;
  if (predicate === 'not exists') return value === null;
  const [, compare, text, pattern] = /^(==|!=|contains|matches) (?:"(.*)"|\/(.*)\/)$/.exec(predicate) ?? [];
  if (compare === undefined) throw new Error(`Not an assert: ${line}`);
  if (value === null) return false;
  if (compare === 'matches') return new RegExp((pattern as string).replace('(?i)', ''), 'i').test(value);
  if (compare === 'contains') return value.includes(text as string);
  return (value === text) === (compare === '==');
}
