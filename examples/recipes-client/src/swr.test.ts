import { type Client, createClient } from '@etag/client';
import { Window } from 'happy-dom';
import { createElement } from 'react';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ConflictError } from './conflict.ts';
import { type Note, serveNotes } from './notes.ts';
import type { Resource } from './swr.ts';

// React and SWR look for a page when they are loaded.
const window = new Window();
Object.assign(globalThis, { window, document: window.document });
const { createRoot } = await import('react-dom/client');
const { useResource } = await import('./swr.ts');

let server: Awaited<ReturnType<typeof serveNotes>>;
beforeEach(async () => {
  server = await serveNotes();
});
afterEach(() => server.close());

interface TitleProps {
  readonly client: Client;
  readonly url: string;
  onRender(note: Resource<Note>): void;
}

function Title({ client, url, onRender }: TitleProps) {
  const note = useResource<Note>(client, url);
  onRender(note);
  return note.data?.content.title ?? '';
}

test('a component reads with 304s, writes guarded, and has what somebody else wrote after a conflict', async () => {
  const client: Client = createClient();
  const url = `${server.origin}/notes/1`;
  let note = {} as Resource<Note>;
  const onRender = (rendered: Resource<Note>) => {
    note = rendered;
  };
  const root = createRoot(window.document.createElement('div') as unknown as Element);
  root.render(createElement(Title, { client, url, onRender }));
  const shows = (title: string) => vi.waitFor(() => expect(note.data?.content.title).toBe(title), { timeout: 5000 });

  await shows('Milk');
  await note.save({ title: 'Bread' }, note.data?.etag ?? null);
  await shows('Bread');

  const seen = note.data?.etag ?? null;
  await server.write('Eggs');
  await expect(note.save({ title: 'Butter' }, seen)).rejects.toThrow(ConflictError);
  await shows('Eggs');
  expect(await server.title()).toBe('Eggs');
  root.unmount();
});
