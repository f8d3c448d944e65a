import { Miniflare } from 'miniflare';
import { afterAll } from 'vitest';
import { SQLITE, testShapes } from '../../test/shapes.ts';
import { d1Store } from './index.ts';

const workerd = new Miniflare({
  modules: true,
  script: 'export default {}',
  compatibilityDate: '2026-01-01',
  d1Databases: ['DB'],
});
afterAll(() => workerd.dispose());

testShapes(async () => {
  const db = await workerd.getD1Database('DB');
  return {
    ...SQLITE,
    writers: 6,
    async script(sql) {
      // D1 takes one statement at a time. A trigger ends no line but its last with a semicolon.
      for (const statement of sql.split(/(?<=;)\n(?=.)/)) await db.prepare(statement).run();
    },
    rows: async (sql) => (await db.prepare(sql).all()).results,
    storeOf: (options) => d1Store(db, options),
    change: async (sql) => (await db.prepare(sql).run()).meta.changes,
  };
});
