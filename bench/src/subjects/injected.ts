import assert from 'node:assert/strict';
import type { RequestListener } from 'node:http';
import { type InjectOptions, inject } from 'light-my-request';
import { type Form, type Framework, hasTags, listsTaken } from '../apps/app.ts';
import { type Aim, type Comparison, NOT_SLOWER, type Subject } from '../measure.ts';
import { pick } from '../pool.ts';
import { type Answer, type Asked, checkedRequests } from '../requests.ts';

/** What is aimed at with a list of 64 KB, against the application without tags. */
interface Targets {
  ok: number;
  notModified: number;
  early: number;
}

/** A request without a socket: what is measured beside the application is the same for all of them. */
async function ask(listener: RequestListener, { path, headers }: Asked): Promise<Answer> {
  const response = await inject(listener as Parameters<typeof inject>[0], { url: path, headers });
  const { etag = null } = response.headers as { etag?: string };
  return { status: response.statusCode, etag, body: response.payload };
}

async function subject(name: string, framework: Framework, form: Form, status: 200 | 304): Promise<Subject> {
  const listener = await framework.serve(form);
  const requests = await checkedRequests((asked) => ask(listener, asked), 'lists', status, hasTags(form));
  const before = listsTaken();
  for (const request of requests) await ask(listener, request);
  if (form === 'current') assert.equal(listsTaken(), before, `${name}: the handler was not to run`);
  const inputs = requests.map(({ path, headers }): InjectOptions => ({ url: path, headers }));
  return {
    name,
    async run(times) {
      let sum = 0;
      for (let i = 0; i < times; i++) {
        const { statusCode, rawPayload } = await inject(listener as Parameters<typeof inject>[0], pick(inputs, i));
        sum += statusCode + rawPayload.length;
      }
      return sum;
    },
  };
}

/** Whole requests to an application in process: against the same without tags, against its framework's own. */
export function injected(framework: Framework, targets: Targets, bare?: Framework): Comparison[] {
  const { adapter, peer } = framework;
  const comparison = (work: string, form: Form, status: 200 | 304, target: number): Comparison => ({
    work: `64 KB of JSON: ${work}`,
    async prepare() {
      const subjects = [
        await subject('no tags', framework, 'no tags', 200),
        await subject(adapter, framework, form, status),
      ];
      const aims: Aim[] = [{ measured: adapter, against: 'no tags', target }];
      if (form === 'content') {
        subjects.push(await subject(peer, framework, 'peer', status));
        aims.push({ measured: peer, against: 'no tags' }, { measured: adapter, against: peer, target: NOT_SLOWER });
      }
      if (bare) {
        subjects.push(await subject(bare.adapter, bare, form, status));
        aims.push({ measured: adapter, against: bare.adapter, target: 0.9 });
      }
      return { subjects, aims };
    },
  });
  return [
    comparison('200', 'content', 200, targets.ok),
    comparison('304', 'content', 304, targets.notModified),
    comparison('304 before it is rendered', 'current', 304, targets.early),
  ];
}
