import type { Context } from './context.ts';
import { answerReceived, modeFor, send } from './exchange.ts';
import { storedFields, updatedFields } from './freshen.ts';
import { lookUp } from './from-store.ts';
import { freshen } from './keep.ts';
import type { StoredResponse } from './port.ts';
import { answered, type Read } from './reading.ts';
import type { Answer } from './shared-request.ts';

/**
 * Passes a HEAD on; what its answer says of the stored response to GET is taken over.
 *
 * @see RFC 9111 §4.3.5
 */
export async function answerHead(context: Context, read: Read, signal: AbortSignal | null): Promise<Answer> {
  const requested = Date.now();
  const response = await send(context, read, null, modeFor(context, read), signal);
  const answer = answerReceived(response, answered(context, read, 'full', response.status));
  const stored = response.status === 200 ? await lookUp(context, read) : undefined;
  if (stored?.status !== response.status) return answer;
  const fields = storedFields(response.headers);
  const headers = updatedFields(stored.headers, fields);
  const updated = { ...stored, headers, requested, received: Date.now() };
  await (isSame(stored, fields) ? freshen(context, read, stored, updated) : read.store.delete(read.key));
  return answer;
}

const SAME = ['etag', 'last-modified', 'content-length'];

/** Whether a HEAD is about the stored response, as far as it says. */
function isSame({ headers, wireBytes }: StoredResponse, received: Readonly<Record<string, string>>): boolean {
  const known: Readonly<Record<string, string | undefined>> = { ...headers, 'content-length': `${wireBytes}` };
  return SAME.every((name) => (received[name] ?? known[name]) === known[name]);
}
