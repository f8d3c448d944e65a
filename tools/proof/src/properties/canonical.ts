import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import type { Core, Property } from './properties.ts';

/** RFC 8785 appendix B: the bits of a number, and how it is written. */
const NUMBERS: readonly (readonly [bits: string, text: string])[] = [
  ['0000000000000000', '0'],
  ['8000000000000000', '0'],
  ['0000000000000001', '5e-324'],
  ['8000000000000001', '-5e-324'],
  ['7fefffffffffffff', '1.7976931348623157e+308'],
  ['ffefffffffffffff', '-1.7976931348623157e+308'],
  ['4340000000000000', '9007199254740992'],
  ['c340000000000000', '-9007199254740992'],
  ['4430000000000000', '295147905179352830000'],
  ['44b52d02c7e14af5', '9.999999999999997e+22'],
  ['44b52d02c7e14af6', '1e+23'],
  ['44b52d02c7e14af7', '1.0000000000000001e+23'],
  ['444b1ae4d6e2ef4e', '999999999999999700000'],
  ['444b1ae4d6e2ef4f', '999999999999999900000'],
  ['444b1ae4d6e2ef50', '1e+21'],
  ['3eb0c6f7a0b5ed8c', '9.999999999999997e-7'],
  ['3eb0c6f7a0b5ed8d', '0.000001'],
  ['41b3de4355555553', '333333333.3333332'],
  ['41b3de4355555554', '333333333.33333325'],
  ['41b3de4355555555', '333333333.3333333'],
  ['41b3de4355555556', '333333333.3333334'],
  ['41b3de4355555557', '333333333.33333343'],
  ['becbf647612f3696', '-0.0000033333333333333333'],
  ['43143ff3c1cb0959', '1424953923781206.2'],
];

function numberOf(bits: string): number {
  return Buffer.from(bits, 'hex').readDoubleBE();
}

/** The numbers of RFC 8785 that are written otherwise. */
export function wrongNumbers({ canonicalJson }: Pick<Core, 'canonicalJson'>): string[] {
  return NUMBERS.flatMap(([bits, text]) => {
    const written = canonicalJson(numberOf(bits));
    return written === text ? [] : [`RFC 8785 appendix B: ${bits} is written ${written}, and not ${text}`];
  });
}

export const NUMBER_COUNT = NUMBERS.length;

/** The same members in the reverse order, at every depth. */
function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .map(([name, member]): [string, unknown] => [name, reversed(member)])
      .reverse(),
  );
}

/** RFC 8785 §3.2.3: whether the members of each object come in the order of their UTF-16 code units, as they are written. */
function isSorted(value: unknown, { canonicalJson }: Core): boolean {
  if (typeof value !== 'object' || value === null) return true;
  if (Array.isArray(value)) return value.every((element) => isSorted(element, { canonicalJson } as Core));
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  const text = `{${members.map(([name, member]) => `${JSON.stringify(name)}:${canonicalJson(member)}`).join(',')}}`;
  return text === canonicalJson(value) && members.every(([, member]) => isSorted(member, { canonicalJson } as Core));
}

/** RFC 8785, of any value. */
export const canonicalProperty: Property = {
  name: 'RFC 8785 canonical JSON: the same for any order of members, sorted, and what is read back is the same',
  casesEach: 1,
  share: 1,
  of: (core) =>
    fc.property(fc.jsonValue({ maxDepth: 3 }), (value) => {
      const text = core.canonicalJson(value);
      if (core.canonicalJson(reversed(value)) !== text) throw new Error(`the order of members changes ${text}`);
      // JSON has no -0, nor has RFC 8785.
      if (!isDeepStrictEqual(JSON.parse(text), JSON.parse(JSON.stringify(value))))
        throw new Error(`${text} is another value`);
      if (!isSorted(value, core)) throw new Error(`not in the order of UTF-16 code units: ${text}`);
    }) as unknown as fc.IPropertyWithHooks<never>,
};
