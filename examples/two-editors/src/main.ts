import { noteClient } from './client.ts';
import { connected } from './connection.ts';
import { Editor } from './editor.ts';
import { find } from './element.ts';
import { Wire } from './wire.ts';
import { wirePanel } from './wire-panel.ts';

const id = new URLSearchParams(location.search).get('note') ?? 'bread';
const url = new URL(`/notes/${encodeURIComponent(id)}`, location.href).href;
const wire = new Wire(wirePanel());

// Each has a client of its own, as two people on two machines have.
const editors = ['Ada', 'Grace'].map((name) => {
  return new Editor(name, (connection) => noteClient(url, wire.watch(name, connected(fetch, connection))));
});

find<HTMLAnchorElement>('#new').href = `?note=${crypto.randomUUID()}`;
find('#editors').append(...editors.map(({ element }) => element));
for (const editor of editors) void editor.read();

window.addEventListener('online', () => {
  for (const editor of editors) if (editor.unknown) void editor.read();
});
