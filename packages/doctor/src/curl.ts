import { type ConnectionOptions, type FieldLine, field } from '@etag/wire';
import { isCredential } from './credentials.ts';
import type { Sent } from './probe.ts';
import type { Exchange } from './report.ts';

/** How connections are made, as far as curl has to know. */
type Connection = Pick<ConnectionOptions, 'resolve' | 'ca' | 'insecure'>;

const LEFT_OUT = '…';

/** A word as bash and zsh read it: in $'…' where it holds characters that no terminal shows, or bytes that are not UTF-8. */
function quoted(text: string, isBytes = false): string {
  if (/^[\w./:=@%+-]+$/.test(text)) return text;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  const unseen = isBytes ? /[\u0000-\u001f\u007f-\u00ff]/g : /[\u0000-\u001f\u007f-\u009f]/g;
  if (text.search(unseen) < 0) return `'${text.replaceAll("'", `'\\''`)}'`;
  const asCode = (character: string) => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`;
  return `$'${text.replace(/[\\']/g, '\\$&').replace(unseen, asCode)}'`;
}

/** Where curl is to connect to, when that is not what the URL says. */
function connectTo({ url, address }: Sent, { resolve }: Connection): string[] {
  const port = url.port || (url.protocol === 'https:' ? '443' : '80');
  const to = address ?? resolve?.[`${url.hostname.replace(/^\[|\]$/g, '')}:${port}`];
  if (to === undefined) return [];
  return ['--connect-to', `${url.hostname}:${port}:${/:\d+$/.test(to) ? to : `${to}:${port}`}`];
}

/** What curl trusts, and that it does not speak HTTP/2, which other rules hold for. */
function overTls({ url }: Sent, { insecure, ca }: Connection): string[] {
  if (url.protocol !== 'https:') return [];
  // The name of the file is not known here.
  return ['--http1.1', ...(insecure ? ['-k'] : ca === undefined ? [] : ['--cacert', '…'])];
}

/** Content is of no use to most checks. */
const WITHOUT_CONTENT = ['-o', '/dev/null'];

function methodOf(method: string, shown: readonly string[]): readonly string[] {
  if (method === 'HEAD') return [...WITHOUT_CONTENT, '-I'];
  return method === 'GET' ? shown : [...shown, '-X', method];
}

/** The fields that make a request what it is, without the values of credentials: reports are passed around. */
function tellingFields(headers: readonly FieldLine[]): FieldLine[] {
  return headers
    .filter(([name, value]) => !/^user-agent$/i.test(name) && !(/^accept$/i.test(name) && value === '*/*'))
    .map(([name, value]) => [name, isCredential(name) ? LEFT_OUT : value]);
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
 * @param connection - how the connection was made
 * @param shown - what tells curl to show the content, or the time; by default it shows the head alone
 * @returns one line for a shell
 */
export function curlLine(sent: Sent, connection: Connection = {}, shown: readonly string[] = WITHOUT_CONTENT): string {
  const { url, request } = sent;
  const { method, headers, path, content } = request;
  const fields = tellingFields(headers).flatMap(([name, value]) => [
    '-H',
    quoted(`${name}: ${value}`, value !== LEFT_OUT),
  ]);
  // Not --data-binary: it takes what begins with @ for the name of a file.
  const body = content ? ['--data-raw', quoted(new TextDecoder().decode(content))] : [];
  const how = [...overTls(sent, connection), '-D', '-', ...methodOf(method, shown), ...connectTo(sent, connection)];
  return ['curl', '-s', ...how.map((word) => quoted(word)), ...fields, ...body, quoted(`${url.origin}${path}`)].join(
    ' ',
  );
}
