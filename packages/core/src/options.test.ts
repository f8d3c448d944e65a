import { describe, expect, it } from 'vitest';
import { checkNames, checkOptions, contentTag, expectation, jsonTag, type ResourceState, respond } from './index.ts';

const STATE: ResourceState = { etag: '"v7"' };

describe('checkOptions', () => {
  it.each([{}, { current: () => null }, { timeout: 1 }, { timeout: 0.5 }, { timeout: Number.POSITIVE_INFINITY }])(
    'takes %j',
    (options) => {
      expect(() => checkOptions(options)).not.toThrow();
    },
  );

  it.each([undefined, null, '"v7"', 7, {}, STATE])('refuses a current that is %j', (current) => {
    expect(() => checkOptions({ current })).toThrow(new TypeError(`current is a function, not ${String(current)}`));
  });

  it.each([0, -1, Number.NaN, '', 'soon', null])('refuses a timeout that is %j', (timeout) => {
    expect(() => checkOptions({ timeout: timeout as number })).toThrow(
      new TypeError(`timeout is a number of ms above 0, not ${timeout}`),
    );
  });

  it('refuses a name that is not one of the options, and takes other names where they are given', () => {
    expect(() => checkOptions({ timout: 1 } as object)).toThrow('timout is not one of the options current, weak');
    expect(() => checkOptions({ limit: 1 } as object, ['limit'])).not.toThrow();
  });

  it('takes a timeout that is undefined for the default', () => {
    expect(() => checkOptions({ timeout: undefined })).not.toThrow();
  });
});

describe('checkNames', () => {
  it.each([{}, { a: 1 }, { a: undefined, b: null }, Object.create({ c: 1 })])('takes %j', (options) => {
    expect(() => checkNames(options, ['a', 'b'])).not.toThrow();
  });

  it('refuses a name that is not there, and shows those that are', () => {
    expect(() => checkNames({ c: undefined }, ['a', 'b'])).toThrow(new TypeError('c is not one of the options a, b'));
  });

  it.each([true, 7, 'text', '', () => STATE, undefined, null])('refuses %s in the place of options', (options) => {
    expect(() => checkNames(options, ['a', 'b'])).toThrow(new TypeError(`${options} is not one of the options a, b`));
  });

  it('is asked of what makes a tag', () => {
    expect(['a', 'b'].map(contentTag as (text: string) => unknown)).toEqual([contentTag('a'), contentTag('b')]);
    expect([1, 2].map(jsonTag as (value: unknown) => unknown)).toEqual([jsonTag(1), jsonTag(2)]);
    expect(() => contentTag('', { week: true } as object)).toThrow('week is not one of the options weak, digest');
    expect(() => jsonTag({ csrf: 1 }, { omitt: ['csrf'] } as object)).toThrow('omitt is not one of the options pick');
  });

  it('is asked of each request of a write', () => {
    const request = { method: 'PUT', headers: {} };
    expect(() => expectation(request, { requre: true } as object)).toThrow('requre is not one of the options');
    expect(() => respond(request, null, { storedAsSend: true } as object)).toThrow('storedAsSend is not one of');
  });
});
