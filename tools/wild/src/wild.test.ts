import { onConnect } from './connect.ts';
import { onExpress4, onExpress5 } from './express.ts';
import { onFastify } from './fastify.ts';
import { onHono } from './hono.ts';
import { onKoa } from './koa.ts';
import { onNestExpress, onNestFastify } from './nest.ts';
import { wildSuite } from './suite.ts';

for (const wild of [onConnect, onExpress4, onExpress5, onKoa, onHono, onFastify, onNestExpress, onNestFastify])
  wildSuite(wild);
