import { acceptsCoding, codeTag, type EntityTag, takeOwnTag, weakCompare } from '@etag/core';

// Hono says nothing when a head leaves. What a compressor outside of etag() does afterwards is seen where it is done: on the
// fields of the response.

/**
 * Lets a compressor add its Vary to a 304 as it does to the 200. It goes by the type of the content: it gets the type when it
 * asks, once, and the type is not sent. To a client that accepts a coding, the 304 has that Vary already.
 *
 * @param type - of the content that the 304 stands for
 * @see RFC 9110 §15.4.5
 */
export function showTypeOnce(request: Request, { headers }: Response, type: string | null): void {
  if (acceptsCoding(request)) return;
  const { get } = headers;
  headers.get = (name) => {
    const isType = name.toLowerCase() === 'content-type';
    if (isType) headers.get = get;
    return isType ? type : get.call(headers, name);
  };
}

/**
 * Gives the tag of what a compressor codes the form of the coding, and keeps it strong: compressors weaken it, or leave it as
 * it is.
 *
 * @param response - what the compressor puts in place of a finished response
 * @see RFC 9110 §8.8.3.3
 */
export function keepTag(request: Request, { status, headers }: Response): void {
  const { set } = headers;
  headers.set = (name, value) => {
    const tag = takeOwnTag(headers);
    const wasCoded = headers.get('content-encoding') !== null;
    set.call(headers, name, value);
    if (name.toLowerCase() === 'content-encoding' && !wasCoded) codeTag(request, { status, headers });
    const isWeakened = name.toLowerCase() === 'etag' && wasCoded && tag && weakCompare(value as EntityTag, tag);
    if (isWeakened) set.call(headers, name, tag);
  };
}
