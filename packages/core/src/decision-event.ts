import type { PreconditionField } from './decision.ts';
import { isRead } from './method.ts';
import type { Answer, Problem } from './problem.ts';
import type { RequestHead } from './request-head.ts';
import { listsToken, type ResponseHead } from './response-head.ts';

/** What was decided about a request, for logs, metrics and traces. */
export interface DecisionEvent {
  /** The method of the request. */
  readonly method: string;
  /** The route as the framework names it, such as `/notes/:id`; null where none is known. */
  readonly route: string | null;
  /** The status of the response; null where that is still open, as when a write goes on to its handler. */
  readonly status: number | null;
  /** The field that decided, in lower case; null when none did. */
  readonly field: PreconditionField | null;
  /**
   * Why, as in the content of a refusal. `required`: no precondition was sent (428). `contended`: other writers came first (503).
   * `fault`: `current` or a digest failed, and the read goes on without a tag.
   */
  readonly reason: NonNullable<Problem['reason']> | 'fault';
  /** Whether the handler ran before the decision. */
  readonly handlerRan: boolean;
  /** How many bytes of content a 304 saved; null where that is not known. */
  readonly bytesSaved: number | null;
  /**
   * Why a response to a read has no tag, null where it has one or need not have one. `no-state`: `current` found no tag.
   * `unread`: a stream, which is not read.
   */
  readonly untagged: 'no-store' | 'event-stream' | 'no-state' | 'unread' | null;
  /** What failed, with the reason `fault`. */
  readonly error?: unknown;
}

/** Who is told of decisions. */
export interface ObserveOptions {
  /**
   * Called with each decision. What it throws is logged, and changes no response. The channel `etag:decision` of
   * `node:diagnostics_channel` has the events of all adapters, whatever their options.
   */
  onDecision?: ((event: DecisionEvent) => void) | undefined;
}

/** What an adapter knows of a decision, for those who are told of it. */
export interface Circumstances extends ObserveOptions {
  /** Whether the handler ran. */
  readonly handlerRan: boolean;
  /** The length of the content that a 304 leaves out, in bytes; absent where it is not known. */
  readonly contentLength?: number | undefined;
  /** Whether its validators are looked for before the handler runs: its content is not tagged. @default false */
  readonly hasState?: boolean | undefined;
  /** Names the route; null where none is known. */
  route?(): string | null;
}

interface Channel {
  readonly hasSubscribers: boolean;
  publish(event: DecisionEvent): void;
}
interface Builtins {
  getBuiltinModule?(id: 'node:diagnostics_channel'): { channel(name: string): Channel } | undefined;
}

// No static import, so that this file loads in browsers and Workers unchanged.
const channel = /* @__PURE__ */ (globalThis as { process?: Builtins }).process
  ?.getBuiltinModule?.('node:diagnostics_channel')
  ?.channel('etag:decision');

/**
 * Whether somebody is told of decisions.
 *
 * @param circumstances - of the decision
 * @returns true with `onDecision`, or a subscriber of the channel
 */
export function isObserved(circumstances: ObserveOptions | undefined): boolean {
  return circumstances?.onDecision !== undefined || channel?.hasSubscribers === true;
}

/** The reads whose response was reported. */
const finished = /* @__PURE__ */ new WeakSet<RequestHead>();

/** What was decided: the part of an event that differs. */
interface Decided extends Pick<DecisionEvent, 'status' | 'field' | 'reason' | 'error'> {
  /** The head of a response to a read that has no tag. */
  readonly untagged?: ResponseHead | null;
}

/**
 * Tells those who listen of a decision.
 *
 * @returns whether somebody listens
 */
export function report(request: RequestHead, circumstances: Circumstances | undefined, decided: Decided): boolean {
  if (!isObserved(circumstances)) return false;
  const { status, untagged } = decided;
  // An etag() further out finishes the same response again; a fault comes before its response.
  if (status !== null && circumstances?.handlerRan && isRead(request.method)) {
    if (finished.has(request)) return true;
    finished.add(request);
  }
  const onDecision = circumstances?.onDecision;
  // Frozen: what one listener does with it, the next one does not see.
  const event = Object.freeze<DecisionEvent>({
    ...decided,
    method: request.method,
    route: circumstances?.route?.() ?? null,
    handlerRan: circumstances?.handlerRan ?? false,
    bytesSaved: status === 304 ? (circumstances?.contentLength ?? null) : null,
    untagged: untagged ? untaggedReason(untagged, circumstances) : null,
  });
  // Neither what it throws nor a promise of it that rejects may end the process.
  if (onDecision) (async () => onDecision(event))().catch(console.error);
  channel?.publish(event);
  return true;
}

/**
 * Tells those who listen of a refusal.
 *
 * @returns the refusal
 */
export function reportRefusal<Refusal extends Answer>(
  request: RequestHead,
  circumstances: Circumstances | undefined,
  refusal: Refusal,
): Refusal {
  const { field = null, reason = 'none' } = refusal.body ?? {};
  report(request, circumstances, { status: refusal.status, field, reason });
  return refusal;
}

/** Tells of a part of the application that failed. Where nobody listens it is a warning: it must not go unnoticed. */
export function reportFault(request: RequestHead, circumstances: Circumstances | undefined, error: unknown): void {
  const isHeard = report(request, circumstances, { status: null, field: null, reason: 'fault', error });
  if (!isHeard) console.warn('@etag: a read goes on without a tag.', error);
}

/** Why a response to a read that has no tag got none. */
function untaggedReason({ headers }: ResponseHead, circumstances?: Circumstances): DecisionEvent['untagged'] {
  if (listsToken(headers.get('cache-control'), 'no-store')) return 'no-store';
  if (listsToken(headers.get('content-type'), 'text/event-stream')) return 'event-stream';
  return circumstances?.hasState ? 'no-state' : 'unread';
}
