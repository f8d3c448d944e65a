import { expect } from 'vitest';

/**
 * Reads and writes the note.
 *
 * @param url - where it is
 * @param options - `writes`: whether it takes a PUT
 */
export async function check(url: string, { writes = true } = {}): Promise<void> {
  const ask = (headers: Record<string, string> = {}, method = 'GET') =>
    // Astro takes a write without a type for a form that another site sends.
    fetch(url, { method, headers: { ...(method === 'PUT' && { 'content-type': 'application/json' }), ...headers } });
  const found = await ask();
  const tag = found.headers.get('etag') ?? '';
  expect([found.status, tag]).toEqual([200, expect.stringMatching(/^"/)]);
  expect(await found.text()).toContain('hello');
  const cached = await ask({ 'if-none-match': tag });
  expect([cached.status, cached.headers.get('etag'), await cached.text()]).toEqual([304, tag, '']);
  const refused = await ask({ 'if-match': '"v6"' });
  expect([refused.status, (await refused.json()).reason]).toEqual([412, 'no-match']);
  if (!writes) return;
  const statuses = [{}, { 'if-match': '"v6"' }, { 'if-match': '"v7"' }].map(
    async (headers) => (await ask(headers as Record<string, string>, 'PUT')).status,
  );
  expect(await Promise.all(statuses)).toEqual([428, 412, 204]);
}
