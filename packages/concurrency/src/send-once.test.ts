import { describe, expect, test, vi } from 'vitest';
import { isKnownFailure } from './known-failure.ts';
import { sendOnce, statusOf, wasRefused } from './send-once.ts';

type Next = (args: unknown) => Promise<unknown>;

/** A client of the AWS SDK, as far as retries go: it tries three times, unless an error is not of the service. */
function client(answers: readonly (() => Promise<unknown>)[]) {
  let around: ((next: Next) => Next) | undefined;
  const sent = vi.fn(() => (answers[sent.mock.calls.length - 1] ?? (() => Promise.resolve('written')))());
  const command = {
    middlewareStack: {
      add: vi.fn((middleware: (next: Next) => Next) => {
        around = middleware;
      }),
    },
  };
  const send = async () => {
    for (let attempt = 1; ; attempt++) {
      try {
        return await (around as (next: Next) => Next)(sent)({});
      } catch (error) {
        if (attempt === 3 || !isRetried(error)) throw error;
      }
    }
  };
  return { command, send, sent };
}

const isRetried = (error: unknown) => (error as { code?: string }).code !== undefined || statusOf(error) !== undefined;
const answered = (httpStatusCode: number) =>
  Object.assign(new Error(`${httpStatusCode}`), { $metadata: { httpStatusCode } });
const broken = Object.assign(new Error('the connection broke'), { code: 'ECONNRESET' });

describe('sendOnce', () => {
  test('gives what the service answers', async () => {
    const { command, send, sent } = client([]);
    expect(await sendOnce(command, send)).toBe('written');
    expect(sent).toHaveBeenCalledTimes(1);
    // Within the retries, and after the credentials were asked for.
    expect(command.middlewareStack.add).toHaveBeenCalledExactlyOnceWith(expect.any(Function), {
      step: 'finalizeRequest',
      priority: 'low',
    });
  });

  test.each([
    ['a connection that broke', broken],
    ['a 500, of which nobody knows what it did', answered(500)],
    ['a 503', answered(503)],
  ])('does not send again after %s, and throws the error of the SDK', async (_, error) => {
    const { command, send, sent } = client([() => Promise.reject(error)]);
    await expect(sendOnce(command, send)).rejects.toBe(error);
    expect(sent).toHaveBeenCalledTimes(1);
    expect(isKnownFailure(error)).toBe(false);
  });

  test('lets the SDK send again what was refused: a throttled request was not done', async () => {
    const { command, send, sent } = client([() => Promise.reject(answered(429)), () => Promise.reject(answered(400))]);
    expect(await sendOnce(command, send)).toBe('written');
    expect(sent).toHaveBeenCalledTimes(3);
  });

  test('knows of what failed before anything was sent that nothing was written', async () => {
    const { command } = client([]);
    const error = new Error('no credentials');
    await expect(sendOnce(command, () => Promise.reject(error))).rejects.toBe(error);
    expect(isKnownFailure(error)).toBe(true);
  });
});

test.each<[error: unknown, status: number | undefined, isRefused: boolean]>([
  [answered(399), 399, false],
  [answered(400), 400, true],
  [answered(499), 499, true],
  [answered(500), 500, false],
  [broken, undefined, false],
  [{ $metadata: {} }, undefined, false],
  [undefined, undefined, false],
  [null, undefined, false],
])('%o has the status %j, and was refused: %j', (error, status, isRefused) => {
  expect([statusOf(error), wasRefused(error)]).toEqual([status, isRefused]);
});
