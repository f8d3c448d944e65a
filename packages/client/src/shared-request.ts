import type { ClientRequest } from './request.ts';

/** What an exchange came to: it makes the response of each caller. */
export interface Answer {
  /**
   * Makes the response of one caller.
   *
   * @param signal - ends the content of this caller alone; null where the request itself ends with it
   */
  respond(request: ClientRequest, signal: AbortSignal | null): Response;
  /** Whether it may answer more than one caller; where not, `respond` is called once. */
  readonly isShareable: boolean;
  /** Whether what answers is stale, and to be validated in the background. */
  readonly isStale?: true | undefined;
  /** Resolves when nothing more will be stored of it, and never rejects; left out where nothing is stored. */
  readonly stored?: Promise<unknown> | undefined;
}

interface Caller {
  readonly request: ClientRequest;
  readonly resolve: (response: Response | null) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * One request that answers all who asked for the same before it was sent. It belongs to nobody in particular: a caller that
 * aborts leaves it to the others, and with the last one it is aborted.
 *
 * No answer is older than its question: nobody joins once it is sent.
 */
export class SharedRequest {
  isSent = false;
  /** Resolves when it has failed, or when all that will be stored of its answer is stored. */
  settled: Promise<unknown> | undefined;
  #callers: Caller[] = [];
  /** The one controller of its request, where more than one caller wants it. */
  #controller: AbortController | undefined;

  /** Whether all its callers have gone. */
  get isAbandoned(): boolean {
    return this.#callers.length === 0;
  }

  /**
   * Waits for its answer.
   *
   * @returns null when the answer is for one caller alone, and this is not the one
   * @throws what the request failed with, or the reason of the caller's own signal
   */
  join(request: ClientRequest): Promise<Response | null> {
    const { signal } = request;
    let leave = () => {};
    const answer = new Promise<Response | null>((resolve, reject) => {
      const caller: Caller = { request, resolve, reject };
      leave = () => this.#leave(caller, signal?.reason);
      // What is not a signal throws, before anybody waits.
      signal?.addEventListener('abort', leave);
      this.#callers.push(caller);
    });
    if (!signal) return answer;
    if (signal.aborted) leave();
    return answer.finally(() => signal.removeEventListener('abort', leave));
  }

  #leave(caller: Caller, reason: unknown): void {
    // It has its answer already.
    if (!this.#callers.includes(caller)) return;
    this.#callers = this.#callers.filter((other) => other !== caller);
    caller.reject(reason);
    if (this.isAbandoned) this.#controller?.abort(reason);
  }

  /**
   * Nobody joins from now on.
   *
   * @returns the signal to send it with: that of its only caller, or one that is aborted when the last of them has gone
   */
  send(): AbortSignal | null {
    this.isSent = true;
    const [only, another] = this.#callers;
    if (only && !another) return only.request.signal;
    this.#controller = new AbortController();
    // Whoever asked has gone while it was looked up: nothing is sent.
    if (this.isAbandoned) this.#controller.abort();
    return this.#controller.signal;
  }

  /** Each caller gets a response of its own; where it is for one alone, the others get null. */
  answer(answer: Answer): void {
    const callers = this.#callers;
    this.#callers = [];
    // What came for nobody is given up.
    if (callers.length === 0) this.#controller?.abort();
    for (const caller of callers) {
      if (caller !== callers[0] && !answer.isShareable) caller.resolve(null);
      else this.#give(caller, answer);
    }
  }

  #give({ request, resolve, reject }: Caller, answer: Answer): void {
    const { signal } = request;
    const controller = this.#controller;
    try {
      resolve(answer.respond(request, controller ? signal : null));
    } catch (error) {
      reject(error);
    }
    // The one that has the request to itself ends it.
    if (controller && signal && !answer.isShareable) {
      signal.addEventListener('abort', () => controller.abort(signal.reason), { once: true });
    }
  }

  /** The failure of a request is that of everybody who waits for it, at once. */
  fail(error: unknown): void {
    const callers = this.#callers;
    this.#callers = [];
    for (const { reject } of callers) reject(error);
  }
}
