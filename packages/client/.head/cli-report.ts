import type { Client } from './client.ts';
import type { How } from './event.ts';

/** What became of one URL. */
export type Line =
  | { url: string; how: How; status: number; bytes: number; duration: number }
  | { url: string; error: string };

/** What a person reads of a URL; '' where there is nothing new. */
export function described(line: Line): string {
  if ('error' in line) return `failed  ${line.url}: ${line.error}`;
  return line.how === 'full' ? `loaded  ${line.url} (${line.bytes} bytes)` : '';
}

/** What became of all of them. */
export interface Summary {
  urls: number;
  loaded: number;
  notModified: number;
  failed: number;
  /** The part of the answers that was 304. */
  ratio: number;
  savedBytes: number;
  /** In ms. */
  savedTime: number;
}

/** Counts what became of them. */
export function summaryOf(lines: readonly Line[], client: Client): Summary {
  const rows = client.stats();
  const of = (how: How) => lines.filter((line) => 'how' in line && line.how === how).length;
  const failed = lines.filter((line) => 'error' in line).length;
  const notModified = of('not-modified');
  const answered = lines.length - failed;
  return {
    urls: lines.length,
    loaded: of('full'),
    notModified,
    failed,
    ratio: answered === 0 ? 0 : notModified / answered,
    savedBytes: rows.reduce((sum, row) => sum + row.savedBytes, 0),
    savedTime: rows.reduce((sum, row) => sum + row.savedTime, 0),
  };
}

/** What a person reads of all of them. */
export function sentence({ urls, loaded, notModified, failed, ratio, savedBytes, savedTime }: Summary): string {
  const percent = (ratio * 100).toFixed(1);
  const saved = `${savedBytes} bytes and ${(savedTime / 1000).toFixed(2)} s saved`;
  return `${urls} URLs: ${loaded} loaded, ${notModified} not modified (${percent} %), ${failed} failed; ${saved}`;
}

/** What a bar is drawn on. */
interface Terminal {
  write(text: string): unknown;
  readonly isTTY?: boolean | undefined;
}

/** A bar on a terminal; nothing anywhere else. */
export class Progress {
  readonly #total: number;
  readonly #stream: Terminal;

  constructor(total: number, stream: Terminal) {
    this.#total = total;
    this.#stream = stream;
  }

  draw(done: number): void {
    const filled = Math.floor((done / this.#total) * 30);
    this.#write(`[${'#'.repeat(filled)}${'-'.repeat(30 - filled)}] ${done}/${this.#total}`);
  }

  clear(): void {
    this.#write('\r\u001b[K');
  }

  #write(text: string): void {
    if (this.#stream.isTTY) this.#stream.write(text);
  }
}
