import type { Sent } from './probe.ts';

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

/**
 * The command that sends a request again. The values of credentials are left out: reports are passed around.
 *
 * @param sent - the request
 * @returns one line for a shell
 */
export function curlLine(sent: Sent): string {
  const { url, request } = sent;
  const fields = request.headers
    .filter(([name, value]) => name !== 'User-Agent' && !(name === 'Accept' && value === '*/*'))
    .flatMap(([name, value]) => ['-H', SECRET.test(name) ? `${name}: …` : `${name}: ${value}`]);
  const content = request.content ? ['--data-binary', new TextDecoder().decode(request.content)] : [];
  const words = ['curl', '-s', '-D', '-', ...methodOf(request.method), ...connectTo(sent), ...fields, ...content];
  return [...words.map(quoted), quoted(`${url.origin}${request.path}`)].join(' ');
}
