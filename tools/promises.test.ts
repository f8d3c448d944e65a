import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, it } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'promises-'));
afterAll(() => rmSync(folder, { recursive: true }));

const given = `
declare function ask(): Promise<number>;
declare function on(listener: () => void): void;
declare const perhaps: (() => Promise<number>) | undefined;
declare class Reply { then(done: () => void): void; header(): Reply }
`;

const dropped = [
  'ask();',
  'void ask();',
  'export const run = () => void ask();',
  'perhaps?.();',
  'ask().finally(() => {});',
  'ask().then(() => {});',
  'ask().catch();',
  '(async () => {})();',
  'Math.random() > 0.5 && ask();',
  'Math.random() > 0.5 ? ask() : void ask();',
  '[1].map(ask);',
  '[1].forEach(async () => {});',
  'on(async () => {});',
  'on(ask);',
  'export const listener: { done: () => void } = { done: async () => {} };',
  'new Promise<void>(async (resolve) => resolve()).catch(() => {});',
];

const kept = [
  'await ask();',
  'export const later = ask();',
  'ask().catch(() => {});',
  'ask().then(() => {}, () => {});',
  'ask().catch(() => {}).finally(() => {});',
  'on(() => void ask().catch(() => {}));',
  'await Promise.all([1].map(ask));',
  'new Reply().header();',
];

it('finds each promise that is dropped, and no other', () => {
  const file = join(folder, 'sample.ts');
  writeFileSync(file, [...dropped, ...kept, given].join('\n'));
  const script = fileURLToPath(new URL('checks/promises.ts', import.meta.url));
  const { stderr, status } = spawnSync(process.execPath, [script, file], { encoding: 'utf8' });
  const lines = new Set([...stderr.matchAll(/sample\.ts:(\d+):/g)].map(([, line]) => Number(line)));
  expect([...lines], stderr).toEqual(dropped.map((_, nth) => nth + 1));
  expect(status).toBe(1);
}, 60_000);
