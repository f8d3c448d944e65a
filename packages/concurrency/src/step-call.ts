import { unlessAborted } from './abort.ts';
import { knownFailure } from './known-failure.ts';

/** What a step of an engine is told of the call that it is part of, where that has a signal. */
export interface StepCall {
  /** Aborts the call. */
  readonly signal: AbortSignal;
  /**
   * Whether the step still waits for something, a connection of a pool say, before it sends anything. While an engine says
   * so, an aborted call has written nothing; and once it is aborted, the engine must not send. @default false
   */
  isWaiting: boolean;
}

/** What the steps of a call are told of it; undefined where it has no signal. */
export function stepCall(signal: AbortSignal | undefined): StepCall | undefined {
  return signal && { signal, isWaiting: false };
}

/**
 * Waits for a connection of a pool until the call is aborted. One that comes later goes back, and nothing was sent.
 *
 * @param connecting - gives the connection
 * @param release - gives it back
 * @throws the pool's error, which is a known failure; or the reason of the aborted signal
 */
export async function connectionFor<C>(
  connecting: Promise<C>,
  release: (connection: C) => unknown,
  call: StepCall | undefined,
): Promise<C> {
  const connected = connecting.catch((error: unknown) => {
    throw knownFailure(error);
  });
  if (!call) return await connected;
  call.isWaiting = true;
  try {
    const connection = await unlessAborted(connected, call.signal);
    // It may have come just before.
    call.signal.throwIfAborted();
    call.isWaiting = false;
    return connection;
  } catch (error) {
    connected.then(release).catch(() => {});
    throw error;
  }
}
