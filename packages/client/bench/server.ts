// An Express application as one would write it, in a process of its own.
import type { AddressInfo } from 'node:net';
import { etag } from '@etag/express';
// @ts-expect-error: @types/express is not a dependency here
import express from 'express';

const notes = Array.from({ length: 20 }, (_, id) => ({ id, title: `note ${id}`, text: 'text '.repeat(20) }));
const app = express();
app.use(etag());
app.get('/notes', (_: unknown, response: { json(body: unknown): void }) => response.json(notes));
const server = app.listen(0, () => {
  process.send?.(`http://localhost:${(server.address() as AddressInfo).port}/notes`);
});
process.on('disconnect', () => process.exit());
