import assert from 'node:assert/strict';
import { formatHttpDate, parseHttpDate } from '@etag/core';
import { against, type Comparison, type Subject } from '../measure.ts';
import { fromWire, pick, pool } from '../pool.ts';

const MODIFIED = Date.UTC(2026, 2, 14, 15, 9, 26);
const DAY = 86_400_000;

function parsing(work: string, target: number | undefined, time: (index: number) => number): Comparison {
  return {
    work: `parse, ${work}`,
    prepare() {
      const dates = pool((index) => fromWire(new Date(time(index)).toUTCString()));
      for (const date of dates) assert.equal(parseHttpDate(date), Date.parse(date));
      const peer: Subject = {
        name: 'Date.parse',
        run(times) {
          let sum = 0;
          for (let i = 0; i < times; i++) sum += Date.parse(pick(dates, i));
          return sum;
        },
      };
      const core: Subject = {
        name: '@etag/core',
        run(times) {
          let sum = 0;
          for (let i = 0; i < times; i++) sum += parseHttpDate(pick(dates, i)) ?? 0;
          return sum;
        },
      };
      return against(peer, core, target);
    },
  };
}

function formatting(work: string, target: number | undefined, time: (index: number) => number): Comparison {
  return {
    work: `format, ${work}`,
    prepare() {
      const inputs = pool(time);
      for (const input of inputs) assert.equal(formatHttpDate(input), new Date(input).toUTCString());
      const peer: Subject = {
        name: 'toUTCString',
        run(times) {
          let sum = 0;
          for (let i = 0; i < times; i++) sum += new Date(pick(inputs, i)).toUTCString().charCodeAt(24);
          return sum;
        },
      };
      const core: Subject = {
        name: '@etag/core',
        run(times) {
          let sum = 0;
          for (let i = 0; i < times; i++) sum += formatHttpDate(pick(inputs, i)).charCodeAt(24);
          return sum;
        },
      };
      return against(peer, core, target);
    },
  };
}

export const comparisons: Comparison[] = [
  parsing('the same value again', 5, () => MODIFIED),
  parsing('values in turn', 5, (index) => MODIFIED - index * (DAY + 61_000)),
  formatting('the same second again', 8, (index) => MODIFIED + index),
  formatting('seconds of one day in turn', undefined, (index) => MODIFIED + index * 61_000),
  formatting('days in turn', undefined, (index) => MODIFIED - index * (DAY + 61_000)),
];
