// Serves one application on a free port, and sends the port to the process that started it.
import '../../tools/built.ts';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Form } from './apps/app.ts';
import { bare } from './apps/bare.ts';
import { type FrameworkName, frameworks } from './apps/index.ts';

const [name, form] = process.argv.slice(2) as [FrameworkName | 'bare', Form];
const listener = name === 'bare' ? bare : await (await frameworks[name]()).framework.serve(form);
const server = createServer(listener).listen(0, '127.0.0.1', () => {
  process.send?.((server.address() as AddressInfo).port);
});
process.on('disconnect', () => process.exit());
