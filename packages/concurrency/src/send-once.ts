import { knownFailure } from './known-failure.ts';

/** What a client of the AWS SDK answers or throws says of the way that it went. */
export interface AwsMetadata {
  readonly name?: string;
  readonly $metadata?: { readonly httpStatusCode?: number | undefined } | undefined;
}

type Next = (args: never) => Promise<never>;

/** A command of the AWS SDK for JavaScript, version 3. */
interface Command {
  readonly middlewareStack: {
    add(middleware: (next: Next) => Next, options: { step: 'finalizeRequest'; priority: 'low' }): void;
  };
}

/** An error that the SDK knows nothing of, and so does not try again. */
class SentOnce extends Error {
  readonly error: unknown;

  constructor(error: unknown) {
    super('A write is sent once');
    this.error = error;
  }
}

/**
 * Sends a write by the AWS SDK once, whatever its client is set to. The SDK tries three times by default: where the answer
 * to the first is lost, the second meets what the first wrote, and its condition fails. What the service refused (4xx,
 * such as a throttled request) was not done, and the SDK may send it again.
 *
 * @param command - the write, which nobody else sends
 * @param send - sends it by the client
 * @throws the SDK's error; one from before anything was sent is a known failure
 */
export async function sendOnce<R>(command: unknown, send: () => Promise<R>): Promise<R> {
  let isSent = false;
  const watch =
    (next: Next): Next =>
    async (args) => {
      isSent = true;
      try {
        return await next(args);
      } catch (error) {
        throw wasRefused(error) ? error : new SentOnce(error);
      }
    };
  // Within the retries, and after the credentials were asked for.
  (command as Command).middlewareStack.add(watch, { step: 'finalizeRequest', priority: 'low' });
  try {
    return await send();
  } catch (error) {
    if (!isSent) throw knownFailure(error);
    throw error instanceof SentOnce ? error.error : error;
  }
}

/** Whether the service answered that it did nothing; `statusOf` tells of what. */
export function wasRefused(error: unknown): boolean {
  const status = statusOf(error);
  return status !== undefined && status >= 400 && status < 500;
}

/** The status of an answer; undefined where there was none. */
export function statusOf(error: unknown): number | undefined {
  return (Object(error) as AwsMetadata).$metadata?.httpStatusCode;
}
