import { type Circumstances, type ObserveOptions, report, reportRefusal } from './decision-event.ts';
import { isEtagError, PreconditionFailedError, PreconditionRequiredError } from './errors.ts';
import { type Found, findState } from './fail-open.ts';
import { takesPreconditions } from './method.ts';
import { checkOptions, type TimeoutOptions, WRITE_NAMES } from './options.ts';
import { type EvaluateOptions, evaluatePreconditions } from './preconditions.ts';
import type { RequestHead } from './request-head.ts';
import type { ResourceState } from './resource-state.ts';
import { sentTags } from './sent-tags.ts';
import type { TagCodec } from './tag-codec.ts';

/** How the preconditions of a write are checked. */
export interface PreconditionOptions extends Pick<EvaluateOptions, 'acceptWeakened'>, TimeoutOptions, ObserveOptions {
  /** Whether a write without If-Match or If-None-Match is refused with 428. @default false */
  require?: boolean | undefined;
  /** How tags name versions. @default that of `versionTag` */
  codec?: TagCodec | undefined;
}

/**
 * Refuses a request with 428 when a precondition is required and neither If-Match nor If-None-Match was sent. A date alone
 * is not enough: two writes within one second would both pass (RFC 9110 §8.8.2.2).
 *
 * @param request - the method and the header fields
 * @param current - the validators of the resource, where they are known
 * @throws PreconditionRequiredError (428)
 * @throws PreconditionFailedError (412) when one of them is malformed
 * @see RFC 6585 §3
 */
export function requirePrecondition(request: RequestHead, current?: ResourceState | null): void {
  if (!takesPreconditions(request.method)) return;
  const [ifMatch, ifNoneMatch] = [sentTags(request, 'if-match', current), sentTags(request, 'if-none-match', current)];
  // An empty list guards nothing.
  if (!ifMatch?.length && !ifNoneMatch?.length) throw new PreconditionRequiredError();
}

/**
 * Checks what `precondition()` of an adapter is given, when it is made.
 *
 * @param options - its options
 * @throws TypeError when they guard nothing: a `current` that is undefined, or neither `current` nor `require`; and as
 *   `checkOptions`
 */
export function checkPreconditionOptions(
  options: (PreconditionOptions & { readonly current?: unknown }) | undefined,
): void {
  // A `current` that is there and undefined is a misspelt name: it must not turn into the weaker form.
  const guards = options && ('current' in options ? options.current : options.require);
  if (!guards) {
    throw new TypeError('precondition() needs { current }, or { require: true } for a whole application');
  }
  checkOptions(options, WRITE_NAMES);
}

/**
 * Lets a request through whose preconditions hold. A tag of a coded representation (`"v7-gzip"`) guards like `"v7"`.
 *
 * @param request - the method and the header fields
 * @param current - the validators of the resource; null when it does not exist
 * @param options - `require`, `acceptWeakened`; @default both false; `codec`: how tags name versions; @default that of
 *   `versionTag`
 * @param circumstances - who is told of the decision
 * @throws PreconditionFailedError (412, or 404 to PATCH and DELETE of what does not exist)
 * @throws PreconditionRequiredError (428) with `require`, when no precondition was sent
 */
export function checkPreconditions(
  request: RequestHead,
  current: ResourceState | null,
  options?: PreconditionOptions,
  circumstances?: Circumstances,
): void {
  reportingRefusals(request, circumstances, () => {
    if (options?.require) requirePrecondition(request, current);
    const sent = options?.codec?.request(request) ?? request;
    const state = options?.codec?.state(current) ?? current;
    const decision = evaluatePreconditions(sent, state, { acceptWeakened: options?.acceptWeakened });
    const { outcome, field, reason } = decision;
    if (outcome === 'failed') throw new PreconditionFailedError(request, decision, current);
    report(request, circumstances, { status: null, field, reason });
  });
}

/**
 * Refuses a PUT, PATCH or DELETE without a precondition, or with one that cannot be read, for a whole application. A POST is let
 * through: it names the resource that processes it, not the one that it makes.
 *
 * @param request - the method and the header fields
 * @param circumstances - who is told of a refusal
 * @throws PreconditionRequiredError (428)
 * @throws PreconditionFailedError (412) when it is malformed
 * @see RFC 6585 §3
 */
export function requirePreconditionOfWrite(request: RequestHead, circumstances?: Circumstances): void {
  const { method } = request;
  if (method !== 'PUT' && method !== 'PATCH' && method !== 'DELETE') return;
  reportingRefusals(request, circumstances, () => requirePrecondition(request));
}

/**
 * Guards a write: the handler must run only when this resolves.
 *
 * @param request - the method and the header fields
 * @param find - finds the validators; null or undefined when there is no current representation. Absent: the write only needs
 *   a precondition
 * @param options - `require`, `acceptWeakened`, `timeout`
 * @param circumstances - who is told of the decision
 * @throws as `checkPreconditions`; what `find` throws, and an Error when it does not answer in time
 */
export async function guardWrite(
  request: RequestHead,
  find: (() => Found | PromiseLike<Found>) | undefined,
  options: PreconditionOptions,
  circumstances: Circumstances,
): Promise<void> {
  if (find) checkPreconditions(request, await findState(find, options), options, circumstances);
  else requirePreconditionOfWrite(request, circumstances);
}

function reportingRefusals(request: RequestHead, circumstances: Circumstances | undefined, check: () => void): void {
  try {
    check();
  } catch (error) {
    throw isEtagError(error) ? reportRefusal(request, circumstances, error) : error;
  }
}
