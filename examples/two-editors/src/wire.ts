/** One request, and the head of its response. */
export interface Exchange {
  readonly editor: string;
  readonly method: string;
  readonly path: string;
  /** The precondition, as it was sent; null where there was none. */
  readonly precondition: { name: string; value: string } | null;
  /** 0 where no answer came. */
  status: number;
  statusText: string;
  tag: string | null;
  coding: string | null;
  /** From the request to the head of the response, in ms. */
  duration: number;
  /** The content that a 304 spared, in bytes as coded; null where none was spared or nobody knows. */
  saved: number | null;
}

/** Watches what is really sent and what really comes back. */
export class Wire {
  /** The bytes of content by strong tag: it names exactly these (RFC 9110 §8.8.1). */
  readonly #sizes = new Map<string, number>();
  /** The newest first. */
  readonly #unmeasured: { url: string; start: number; tag: string }[] = [];
  readonly #timings: PerformanceObserver;
  readonly #report: (exchange: Exchange) => void;

  constructor(report: (exchange: Exchange) => void) {
    this.#report = report;
    // fetch shows the content decoded; only the timing of a resource says how many bytes it was.
    this.#timings = new PerformanceObserver((list) => this.#measure(list.getEntries()));
    this.#timings.observe({ type: 'resource' });
  }

  /** fetch, watched. */
  watch(editor: string, fetch: typeof globalThis.fetch): typeof globalThis.fetch {
    return async (input, init) => {
      const url = new URL(input instanceof Request ? input.url : input, location.href);
      const start = performance.now();
      // The cache of the browser would revalidate out of sight.
      const response = await fetch(input, { ...init, cache: 'no-store' }).catch((error) => {
        this.#report({ ...asked(editor, url, init), ...answered(null, performance.now() - start), saved: null });
        throw error;
      });
      const answer = answered(response, performance.now() - start);
      this.#measure(this.#timings.takeRecords());
      const saved = response.status === 304 ? (this.#sizes.get(answer.tag ?? '') ?? null) : null;
      if (response.status === 200 && answer.tag) this.#unmeasured.unshift({ url: url.href, start, tag: answer.tag });
      this.#report({ ...asked(editor, url, init), ...answer, saved });
      return response;
    };
  }

  #measure(timings: PerformanceEntryList): void {
    for (const { name, startTime, encodedBodySize } of timings as PerformanceResourceTiming[]) {
      const found = this.#unmeasured.findIndex(({ url, start }) => url === name && start <= startTime);
      const [measured] = found < 0 ? [] : this.#unmeasured.splice(found, 1);
      if (measured) this.#sizes.set(measured.tag, encodedBodySize);
    }
  }
}

function asked(editor: string, url: URL, { method = 'GET', headers }: RequestInit = {}) {
  const fields = new Headers(headers);
  const [precondition = null] = ['If-Match', 'If-None-Match']
    .map((name) => ({ name, value: fields.get(name) ?? '' }))
    .filter(({ value }) => value !== '');
  return { editor, method, path: url.pathname, precondition };
}

function answered(response: Response | null, duration: number) {
  const { status = 0, statusText = '' } = response ?? {};
  const [tag = null, coding = null] = ['etag', 'content-encoding'].map((name) => response?.headers.get(name));
  return { status, statusText, tag, coding, duration };
}
