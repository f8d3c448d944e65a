import { styleText } from 'node:util';

const BAR = 24;
const MS_BETWEEN_FRAMES = 80;

/** Something that runs for a while, and then is said to hold or not. */
export interface Phase {
  /** One more step is done. */
  step(): void;
  done(holds: boolean, figures: string): void;
}

/** Where the lines go. */
export interface Out {
  isTTY?: boolean;
  write(text: string): unknown;
}

/** Shows what runs: on a terminal as lines that are redrawn, elsewhere as one line for each phase once it is done. */
export class View {
  /** The names of what did not hold. */
  readonly failed: string[] = [];
  readonly #out: Out;
  #isDrawn = false;

  constructor(out: Out = process.stdout) {
    this.#out = out;
  }

  say(line: string): void {
    this.#out.write(`${line}\n`);
  }

  /** @param steps - how many there will be */
  begin(name: string, steps: number): Phase {
    const start = performance.now();
    let taken = 0;
    let drawn = 0;
    const draw = () => {
      const now = performance.now();
      if (!this.#out.isTTY || now - drawn < MS_BETWEEN_FRAMES) return;
      drawn = now;
      const filled = Math.min(BAR, Math.round((taken / steps) * BAR));
      const bar = styleText('cyan', '█'.repeat(filled)) + styleText('dim', '░'.repeat(BAR - filled));
      const rate = Math.round((taken / (now - start || 1)) * 1000);
      this.#redraw(`  ${name}\n  ${bar} ${number(taken)} of ${number(steps)}, ${number(rate)} a second`);
    };
    draw();
    return {
      step: () => {
        taken++;
        draw();
      },
      done: (holds, figures) => {
        if (!holds) this.failed.push(name);
        const mark = holds ? styleText('green', '✓') : styleText('red', '✗');
        this.#redraw(`${mark} ${name}\n  ${figures.replaceAll('\n', '\n  ')}\n`);
        this.#isDrawn = false;
      },
    };
  }

  /** In place of the two lines that were drawn before, if any. */
  #redraw(lines: string): void {
    if (this.#isDrawn) this.#out.write('\x1b[2A\x1b[J');
    this.#out.write(`${lines}\n`);
    this.#isDrawn = this.#out.isTTY === true;
  }
}

export const number = (value: number) => value.toLocaleString('en-US');
