import { abortable } from './abort.ts';

/** A response, and whether whoever asked for the same before it was sent for may have it too. */
export interface Answer {
  readonly response: Response;
  readonly shareable: boolean;
}

/** How a request was answered. */
export interface Landed {
  readonly response: Response;
  /** Whether it is the answer to this very request. */
  readonly led: boolean;
  /** Whether somebody else reads the same content, which must not end when one of them aborts. */
  readonly split: boolean;
}

/** Null: the answer is not for others. Undefined: there is none. */
type Follower = (response: Response | null | undefined) => void;

/** A request that is being answered. */
export class Flight {
  #followers: Follower[] = [];
  #departed = false;
  /** What it came to, for who waits until it is over. */
  landed: Promise<unknown> = Promise.resolve();

  /** Whether the request was sent. Who asks then must not have its answer: it would be older than the question. */
  get departed(): boolean {
    return this.#departed;
  }

  /** To be called when the request is about to be sent. Tells whether somebody waits for its answer. */
  depart(): boolean {
    this.#departed = true;
    return this.#followers.length > 0;
  }

  /** The answer, once it is there. */
  join(): Promise<Response | null | undefined> {
    return new Promise((follower) => this.#followers.push(follower));
  }

  /** Gives each of those who joined a response of his own. Tells whether there was any. */
  share(response: Response | null | undefined): boolean {
    for (const follower of this.#followers) follower(response ? response.clone() : response);
    return response != null && this.#followers.length > 0;
  }
}

/**
 * Sends one at a time of requests that are the same. Who asks before it is sent gets its answer; who asks later waits for it
 * and is then one of the next: no answer is older than its question.
 *
 * @see RFC 9111 §4
 */
export class Flights {
  readonly #flights = new Map<string, Flight>();

  /**
   * @param key - the same for requests that are the same
   * @param lead - answers the request; called unless another flight does
   */
  async run(key: string, signal: AbortSignal | null, lead: (flight: Flight) => Promise<Answer>): Promise<Landed> {
    for (let flight = this.#flights.get(key); flight; flight = this.#flights.get(key)) {
      if (flight.departed) {
        await abortable(
          flight.landed.catch(() => {}),
          signal,
        );
        continue;
      }
      const response = await abortable(flight.join(), signal);
      if (response) return { response, led: false, split: true };
      // Not for others: each of these has a flight of his own, and nobody waits for it.
      if (response === null) return { response: (await lead(new Flight())).response, led: true, split: false };
    }
    const flight = new Flight();
    this.#flights.set(key, flight);
    const landed = this.#land(key, flight, lead);
    flight.landed = landed;
    return await landed;
  }

  async #land(key: string, flight: Flight, lead: (flight: Flight) => Promise<Answer>): Promise<Landed> {
    try {
      const { response, shareable } = await lead(flight);
      const shared = flight.share(shareable ? response : null);
      return { response, led: true, split: shared };
    } finally {
      this.#flights.delete(key);
      // When it failed, one of those who waited takes its place: its caller may have aborted it.
      flight.share(undefined);
    }
  }
}
