/** How many inputs a subject takes in turn: a power of two, so that choosing one costs next to nothing. */
export const POOL = 16;

/** The inputs of a pool, each made by its index. */
export function pool<T>(make: (index: number) => T): T[] {
  return Array.from({ length: POOL }, (_, index) => make(index));
}

/** The input for the i-th piece of work. */
export function pick<T>(inputs: readonly T[], i: number): T {
  return inputs[i & (POOL - 1)] as T;
}

/** A string of its own, as a parser makes it from the wire: never the very object that it is compared with. */
export function fromWire(text: string): string {
  return Buffer.from(text, 'latin1').toString('latin1');
}
