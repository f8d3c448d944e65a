/**
 * Copies what the caller may change after the call, as fetch does: what is sent is what the body was when it was called.
 *
 * @returns bytes as a Uint8Array; the body itself where nobody can change it, or it can be read but once
 */
export function copyOf(body: BodyInit): BodyInit {
  const { buffer = body, byteOffset, byteLength } = body as ArrayBufferView;
  if (buffer instanceof ArrayBuffer) return new Uint8Array(buffer, byteOffset, byteLength).slice();
  if (body instanceof URLSearchParams) return new URLSearchParams(body);
  if (!(body instanceof FormData)) return body;
  const copy = new FormData();
  for (const field of body) copy.append(...(field as [string, string]));
  return copy;
}

/** Whether a body can be read but once: a stream, or something to iterate, such as a file stream of Node. */
export function isReadOnce(body: BodyInit): boolean {
  return body instanceof ReadableStream || Symbol.asyncIterator in Object(body);
}
