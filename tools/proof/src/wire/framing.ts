import { fieldOf, type Raw } from './peer.ts';

const FIELD_LINE = /^[!#$%&'*+.^_`|~\w-]+: *[\t\x20-\x7e\x80-\xff]*$/;
const COUNTED = ['content-length', 'transfer-encoding', 'etag', 'content-type', 'last-modified'];

/**
 * What is wrong with a response, whatever it answers: its field lines, its framing, and what of it nobody put there.
 *
 * @see RFC 9112 §6, RFC 9110 §15.3.5, §15.4.5
 */
export function faultsOf(raw: Raw, method: string): string[] {
  const { status, lines, content } = raw;
  const has = (name: string) => fieldOf(raw, name) !== null;
  const isBare = status === 204 || status === 304;
  const claims = [
    ...lines.filter((line) => !FIELD_LINE.test(line)).map((line) => `not a field: ${JSON.stringify(line)}`),
    ...lines.filter((line) => /injected/i.test(line)).map((line) => `injected: ${line}`),
    ...COUNTED.filter((name) => lines.filter((line) => line.toLowerCase().startsWith(`${name}:`)).length > 1).map(
      (name) => `${name}, twice`,
    ),
    has('content-length') && has('transfer-encoding') && 'two framings',
    isBare && has('content-length') && `a ${status} with Content-Length`,
    isBare && has('transfer-encoding') && `a ${status} with Transfer-Encoding`,
    (isBare || status === 412) && has('trailer') && `a ${status} with Trailer`,
    status === 412 && method !== 'HEAD' && !isProblem(content) && `a 412 with ${JSON.stringify(content.slice(0, 80))}`,
  ];
  return claims.filter((claim) => claim !== false);
}

function isProblem(content: string): boolean {
  try {
    return JSON.parse(Buffer.from(content, 'latin1').toString()).status === 412;
  } catch {
    return false;
  }
}
