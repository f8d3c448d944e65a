const TELLING = '"W/*,- \tv%=:;0123456789\\xA\x7f\x80\xff';
const LONGEST = 2000;

/** Random numbers that can be had again: xorshift. */
export class Dice {
  #state: number;

  constructor(seed: number) {
    this.#state = seed | 1;
  }

  /** A whole number from 0, less than `below`. */
  roll(below: number): number {
    this.#state ^= this.#state << 13;
    this.#state ^= this.#state >>> 17;
    this.#state ^= this.#state << 5;
    return (this.#state >>> 0) % below;
  }

  of<T>(all: ArrayLike<T>): T {
    return all[this.roll(all.length)] as T;
  }
}

type Change = (text: string, dice: Dice, words: readonly string[], other: string) => string;

const at = (text: string, dice: Dice) => dice.roll(text.length + 1);
const put = (text: string, start: number, end: number, what: string) => text.slice(0, start) + what + text.slice(end);
const byte = (dice: Dice) => String.fromCharCode(dice.roll(256));

/** Small changes, each of which may bring an input further. */
const CHANGES: readonly Change[] = [
  (text, dice) => {
    const start = at(text, dice);
    return put(text, start, start + 1, dice.of(TELLING));
  },
  (text, dice) => {
    const start = at(text, dice);
    return put(text, start, start, dice.roll(4) ? dice.of(TELLING) : byte(dice));
  },
  (text, dice) => {
    const start = at(text, dice);
    return put(text, start, start + 1 + dice.roll(4), '');
  },
  (text, dice, words) => {
    const start = at(text, dice);
    return put(text, start, start, dice.of(words));
  },
  (text, dice, words) => {
    const start = at(text, dice);
    const word = dice.of(words);
    return put(text, start, start + word.length, word);
  },
  // A piece once more, or several times.
  (text, dice) => {
    const start = at(text, dice);
    const piece = text.slice(start, start + 1 + dice.roll(16));
    return put(text, start, start, piece.repeat(1 + dice.roll(dice.roll(8) ? 3 : 40)));
  },
  // The beginning of one, the end of another.
  (text, dice, _, other) => text.slice(0, at(text, dice)) + other.slice(at(other, dice)),
  (text, dice) =>
    text.replace(/\d+/, (digits) => `${Number(digits.slice(0, 15)) + dice.roll(3) - 1}`.padStart(digits.length, '0')),
];

/**
 * Changes a text a few times.
 *
 * @param words - what may help
 * @param other - another input, parts of which may help
 */
export function mutated(text: string, dice: Dice, words: readonly string[], other: string): string {
  let next = text;
  for (let left = 1 + dice.roll(4); left > 0; left--) next = dice.of(CHANGES)(next, dice, words, other);
  // What no field can carry never arrives.
  return next.slice(0, LONGEST);
}
