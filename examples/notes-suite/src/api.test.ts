import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { Api } from './api.ts';
import { coding } from './checks/coding.ts';
import { creating } from './checks/creating.ts';
import { deleting } from './checks/deleting.ts';
import { patching } from './checks/patching.ts';
import { racing } from './checks/racing.ts';
import { reading } from './checks/reading.ts';
import { replacing } from './checks/replacing.ts';
import { sharing } from './checks/sharing.ts';
import { type Example, start } from './example.ts';
import { frameworks } from './frameworks.ts';

const checks = { ...reading, ...coding, ...creating, ...replacing, ...patching, ...deleting, ...racing, ...sharing };

describe.each(frameworks)('notes-%s', (framework) => {
  let folder: string;
  let example: Example;
  let api: Api;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'notes-'));
    example = await start(framework, join(folder, 'notes.sqlite'));
    api = new Api(example.port);
  }, 60_000);
  afterAll(async () => {
    await example.end();
    rmSync(folder, { recursive: true });
  }, 60_000);

  for (const [promise, check] of Object.entries(checks)) it(promise, () => check(api));
});
