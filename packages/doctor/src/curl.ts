import { type FieldLine, field } from '@etag/wire';
import type { Sent } from './probe.ts';
import type { Exchange } from './report.ts';

const SECRET = /authorization|cookie|token|secret|key/i;

/** A word as a shell reads it. */
function quoted(text: string): string {
  return /^[\w./:=@%+-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** Where curl is to connect to, when that is not what the URL says. */
function connectTo({ url, address }: Sent): string[] {
  if (address === null) return [];
  const port = url.port || (url.protocol === 'https:' ? '443' : '80');
  const to = /:\d+$/.test(address) ? address : `${address}:${port}`;
  return ['--connect-to', `${url.hostname}:${port}:${to}`];
}

function methodOf(method: string): string[] {
  if (method === 'GET') return ['-o', '/dev/null'];
  if (method === 'HEAD') return ['-I'];
  return ['-o', '/dev/null', '-X', method];
}

/** The fields that make a request what it is, without the values of credentials: reports are passed around. */
function tellingFields(headers: readonly FieldLine[]): FieldLine[] {
  return headers
    .filter(([name, value]) => !/^user-agent$/i.test(name) && !(/^accept$/i.test(name) && value === '*/*'))
    .map(([name, value]) => [name, SECRET.test(name) ? '…' : value]);
}

/**
 * An exchange as a report holds it.
 *
 * @param sent - the request and its response
 */
export function exchangeOf({ url, request, response }: Sent): Exchange {
  const { method, path, headers, content } = request;
  return {
    method,
    url: `${url.origin}${path}`,
    headers: tellingFields(headers),
    content: content ? new TextDecoder().decode(content) : null,
    status: response.status,
    tag: field(response.headers, 'etag'),
  };
}

/**
 * The command that sends a request again. The values of credentials are left out: reports are passed around.
 *
 * @param sent - the request
 * @param isInsecure - whether any certificate was accepted
 * @returns one line for a shell
 */
export function curlLine(sent: Sent, isInsecure = false): string {
  const { url, request } = sent;
  const fields = tellingFields(request.headers).flatMap(([name, value]) => ['-H', `${name}: ${value}`]);
  const content = request.content ? ['--data-binary', new TextDecoder().decode(request.content)] : [];
  const trust = isInsecure ? ['-k'] : [];
  const words = [
    'curl',
    '-s',
    ...trust,
    '-D',
    '-',
    ...methodOf(request.method),
    ...connectTo(sent),
    ...fields,
    ...content,
  ];
  return [...words.map(quoted), quoted(`${url.origin}${request.path}`)].join(' ');
}
