import { describe, expect, it } from 'vitest';
import { isOff, setOff } from './index.ts';

describe('a request whose response is left as it is', () => {
  it('is one after etag(false), and no other is', () => {
    const [request, other] = [{}, {}];
    setOff(request, true);
    expect([isOff(request), isOff(other)]).toEqual([true, false]);
  });

  it('is what the etag() that it passes last says', () => {
    const request = {};
    for (const off of [true, true, false, false, true]) {
      setOff(request, off);
      expect(isOff(request)).toBe(off);
    }
  });

  it('gets no property where it is never left out', () => {
    const request = Object.freeze({});
    setOff(request, false);
    expect(Reflect.ownKeys(request)).toEqual([]);
    const written: PropertyKey[] = [];
    const watched = new Proxy(
      {},
      { set: (_, name) => written.push(name) > 0, defineProperty: (_, name) => written.push(name) > 0 },
    );
    setOff(watched, false);
    expect(written).toEqual([]);
  });
});
