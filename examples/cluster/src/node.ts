// One node of the cluster, a process of its own: src/node.ts FRAMEWORK TAGS DATABASE TABLE
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import * as express from './nodes/express.ts';
import * as fastify from './nodes/fastify.ts';
import * as hono from './nodes/hono.ts';
import { openNotes } from './notes.ts';
import { type Tags, tagOptions } from './tags.ts';

const frameworks = { hono, express, fastify };
const [framework, tags, database = '', table = ''] = process.argv.slice(2);

const { listen } = frameworks[framework as keyof typeof frameworks];
const server = await listen(openNotes(database, table), tagOptions(tags as Tags));
if (!server.listening) await once(server, 'listening');
process.send?.((server.address() as AddressInfo).port);
// The channel closes with the process that started this one, however that ended.
process.once('disconnect', () => process.exit());
