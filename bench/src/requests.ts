import assert from 'node:assert/strict';
import { listOf, noteOf } from './apps/app.ts';
import { pool } from './pool.ts';

/** What is fetched of an application: notes are 1 KB of text, lists 64 KB of JSON. */
export type Kind = 'notes' | 'lists';

export interface Asked {
  path: string;
  headers: Record<string, string>;
}

export interface Answer {
  status: number;
  etag: string | null;
  body: string;
}

export type Ask = (asked: Asked) => Promise<Answer>;

/** Requests for every note or list, whose answers are checked: the content, or a 304 with the same tag and no content. */
export async function checkedRequests(ask: Ask, kind: Kind, status: 200 | 304, tags: boolean): Promise<Asked[]> {
  const requests: Asked[] = [];
  for (const id of pool((index) => String(index))) {
    const path = `/${kind}/${id}`;
    const content = kind === 'notes' ? noteOf(id) : JSON.stringify(listOf(id));
    const first = await ask({ path, headers: {} });
    const request: Asked = { path, headers: status === 304 ? { 'if-none-match': first.etag as string } : {} };
    const second = await ask(request);
    assert.deepEqual([first.status, second.status], [200, status], path);
    assert.ok(first.body === content && second.body === (status === 304 ? '' : content), `${path}: its content`);
    assert.equal(first.etag !== null, tags, `${path}: a tag, or none`);
    assert.equal(second.etag, first.etag, `${path}: the same tag`);
    requests.push(request);
  }
  return requests;
}
