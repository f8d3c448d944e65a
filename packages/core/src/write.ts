import { parseEntityTagList } from './entity-tag-list.ts';
import { PreconditionFailedError, PreconditionRequiredError } from './errors.ts';
import { takesPreconditions } from './method.ts';
import { type EvaluateOptions, evaluatePreconditions } from './preconditions.ts';
import { fieldValue, type RequestHead } from './request-head.ts';
import type { ResourceState } from './resource-state.ts';

/** How the preconditions of a write are checked. */
export interface PreconditionOptions extends Pick<EvaluateOptions, 'acceptWeakened'> {
  /** Whether a write without If-Match or If-None-Match is refused with 428. @default false */
  require?: boolean | undefined;
}

/**
 * Refuses a request with 428 when a precondition is required and neither If-Match nor If-None-Match was sent. A date alone
 * is not enough: two writes within one second would both pass (RFC 9110 §8.8.2.2).
 *
 * @param request - the method and the header fields
 * @throws PreconditionRequiredError (428)
 * @see RFC 6585 §3
 */
export function requirePrecondition({ method, headers }: RequestHead): void {
  // An empty list guards nothing; a malformed one is refused for what it is.
  const sent = (name: string) => parseEntityTagList(fieldValue(headers, name) ?? '')?.length !== 0;
  if (takesPreconditions(method) && !sent('if-match') && !sent('if-none-match')) throw new PreconditionRequiredError();
}

/**
 * Lets a request through whose preconditions hold. A tag of a coded representation (`"v7-gzip"`) guards like `"v7"`.
 *
 * @param request - the method and the header fields
 * @param current - the validators of the resource; null when it does not exist
 * @param options - `require`, `acceptWeakened`; @default both false
 * @throws PreconditionFailedError (412, or 404 to PATCH and DELETE of what does not exist)
 * @throws PreconditionRequiredError (428) with `require`, when no precondition was sent
 */
export function checkPreconditions(
  request: RequestHead,
  current: ResourceState | null,
  options?: PreconditionOptions,
): void {
  if (options?.require) requirePrecondition(request);
  const decision = evaluatePreconditions(request, current, { acceptWeakened: options?.acceptWeakened });
  if (decision.outcome === 'failed') throw new PreconditionFailedError(request, decision, current);
}
