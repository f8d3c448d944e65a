import {
  type ContentTagOptions,
  codedTag,
  contentTag,
  evaluatePreconditions,
  fieldValue,
  formatHttpDate,
  isConditional,
  isTaggable,
  namedTag,
  PreconditionFailedError,
  parseEntityTag,
  parseHttpDate,
  type ResourceState,
  staysOnNotModified,
} from '@etag/core';
import type { DefaultContext, DefaultState, ExtendableContext, Middleware, Next, ParameterizedContext } from 'koa';
import { contentOf, isJson, watchBody } from './content.js';
import type { Current } from './current.js';
import { codeTag, isDated, requestHead, responseField, sendProblems } from './exchange.js';

export interface EtagOptions<StateT, ContextT> extends ContentTagOptions {
  /**
   * Finds the validators before the handler runs; when the client has that state already, the handler is not called.
   * Leave it out to tag the content that the handler sets.
   */
  current?: Current<StateT, ContextT> | undefined;
}

/**
 * Middleware: responses to GET, HEAD and QUERY get a tag, and a client that has the content gets a 304.
 *
 * Header fields that belong on the 304 of an early `etag({ current })` as on the 200 (Cache-Control, Vary) are set before
 * it, by `ctx.set()`.
 *
 * @see RFC 9110 §8.8.3, §13.2, §15.4.5
 * @example
 * app.use(etag());
 * router.get('/notes/:id', etag({ current: (ctx) => notes.state(ctx.params.id) }), showNote);
 */
export function etag<StateT = DefaultState, ContextT = DefaultContext>(
  options: EtagOptions<StateT, ContextT> = {},
): Middleware<StateT, ContextT> {
  const { current } = options;
  return async (ctx, next) => {
    sendProblems(ctx);
    // Only a read can be spared; precondition() guards a write.
    if (!isConditional(ctx.method, 200)) return next();
    codeTag(ctx);
    await (current ? early(ctx, next, current) : finish(ctx, next, options));
  };
}

/** Validators first: on a match the handler never runs. */
async function early<StateT, ContextT>(
  ctx: ParameterizedContext<StateT, ContextT>,
  next: Next,
  current: Current<StateT, ContextT>,
): Promise<void> {
  const state = await current(ctx);
  if (state && isNotModified(ctx, state, 200)) return;
  await next();
  if (!state || !isConditional(ctx.method, ctx.status)) return;
  // They were read before the content, so they are never newer than it. What the handler set wins.
  setValidators(ctx, ctx.res.hasHeader('etag') ? { ...state, etag: null } : state);
}

/** Content first: the body is rendered, then saved from the wire. */
async function finish(ctx: ExtendableContext, next: Next, options: ContentTagOptions): Promise<void> {
  watchBody(ctx);
  await next();
  const { headerSent, status } = ctx;
  if (headerSent || ctx.respond === false || !isConditional(ctx.method, status)) return;
  const isOwn = ctx.res.hasHeader('etag');
  const content = isOwn ? undefined : contentToTag(ctx);
  // A tag that the application set wins; one that is no tag is its own affair.
  const own = isOwn ? parseEntityTag(responseField(ctx, 'etag')) : null;
  const made = content === undefined ? own : contentTag(content, options);
  // To wait for what is there costs a turn.
  const tag = typeof made === 'string' ? made : await made;
  // Looked up where it matters only: fields are dear to look up.
  const lastModified = tag && !isDated(ctx) ? null : parseHttpDate(responseField(ctx, 'last-modified'));
  // Without a validator there is nothing to compare with.
  if (!tag && lastModified === null) return;
  if (isNotModified(ctx, { etag: tag, lastModified }, status)) return;
  setValidators(ctx, { etag: tag });
  // Rendered once: what was tagged is what is sent.
  if (content !== undefined && isJson(ctx.body)) ctx.body = content;
}

function contentToTag(ctx: ExtendableContext): string | Uint8Array | undefined {
  const [cacheControl, contentType] = [responseField(ctx, 'cache-control'), responseField(ctx, 'content-type')];
  return isTaggable(ctx.method, { status: ctx.status, cacheControl, contentType }) ? contentOf(ctx) : undefined;
}

/**
 * Evaluates the preconditions on validators without a coding, and answers 304 where they say so.
 *
 * @returns whether it did
 * @throws PreconditionFailedError (412) when If-Match or If-Unmodified-Since fails
 */
function isNotModified(ctx: ExtendableContext, state: ResourceState, status: number): boolean {
  const request = requestHead(ctx);
  const decision = evaluatePreconditions(request, state, { status, named: namedTag });
  if (decision.outcome === 'failed') throw new PreconditionFailedError(request.method, decision, state);
  if (decision.outcome === 'proceed') return false;
  const { etag: tag, lastModified } = state;
  const named = tag && namedTag(fieldValue(request.headers, 'if-none-match'), tag);
  // Whoever holds a coded form of the tag stored a response that varies by coding.
  if (named && named !== tag) ctx.vary('Accept-Encoding');
  setValidators(ctx, { etag: named ?? (tag && codedTag(tag, responseField(ctx, 'content-encoding'))), lastModified });
  for (const name of ctx.res.getHeaderNames()) if (!staysOnNotModified(name)) ctx.remove(name);
  // Koa empties the body of a status that has none.
  ctx.status = 304;
  return true;
}

function setValidators({ headerSent, res }: ExtendableContext, { etag, lastModified }: ResourceState): void {
  if (headerSent) return;
  if (etag) res.setHeader('ETag', etag);
  if (lastModified != null && !res.hasHeader('last-modified')) {
    res.setHeader('Last-Modified', formatHttpDate(lastModified));
  }
}
