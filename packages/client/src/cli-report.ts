import type { Client } from './client.ts';
import type { How } from './event.ts';

/** What became of one URL. */
export type Line =
  | {
      url: string;
      how: How;
      status: number;
      bytes: number;
      duration: number;
      /** The URL to use from now on, where this one has moved. */
      movedTo?: string;
      /** Whether its file was written. */
      saved?: boolean;
    }
  /** It was not asked: for so many s its server wants to be left alone. */
  | { url: string; waits: number }
  | { url: string; error: string };

/** What a person reads of a URL; '' where there is nothing new. */
export function described(line: Line): string {
  return lines(line).map(escaped).join('\n');
}

function lines(line: Line): string[] {
  if ('error' in line) return [`failed  ${line.url}: ${line.error}`];
  if ('waits' in line) return [`waits   ${line.url} (${line.waits} s, as its server asked)`];
  const { url, bytes, movedTo, saved } = line;
  const verb = isLoaded(line) ? 'loaded' : saved && 'saved ';
  return [...(verb ? [`${verb}  ${url} (${bytes} bytes)`] : []), ...(movedTo ? [`moved   ${url} to ${movedTo}`] : [])];
}

/** What a server sends may be instructions to a terminal. */
function escaped(text: string): string {
  return text.replace(/\p{Cc}/gu, (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`);
}

function isLoaded(line: Line): boolean {
  return 'how' in line && (line.how === 'full' || line.how === 'shared');
}

/** What became of all of them. */
export interface Summary {
  urls: number;
  loaded: number;
  notModified: number;
  failed: number;
  waiting: number;
  /** The part of the answers that was 304. */
  ratio: number;
  savedBytes: number;
  /** In ms. */
  savedTime: number;
}

/** Counts what became of them. */
export function summaryOf(lines: readonly Line[], client: Client): Summary {
  const rows = client.stats();
  const failed = lines.filter((line) => 'error' in line).length;
  const notModified = lines.filter((line) => 'how' in line && line.how === 'not-modified').length;
  const waiting = lines.filter((line) => 'waits' in line).length;
  const answered = lines.length - failed - waiting;
  return {
    urls: lines.length,
    loaded: lines.filter(isLoaded).length,
    notModified,
    failed,
    waiting,
    ratio: answered === 0 ? 0 : notModified / answered,
    savedBytes: rows.reduce((sum, row) => sum + row.savedBytes, 0),
    savedTime: Math.max(
      0,
      rows.reduce((sum, row) => sum + row.savedTime, 0),
    ),
  };
}

/** What a person reads of all of them. */
export function sentence(summary: Summary): string {
  const { urls, loaded, notModified, failed, waiting, ratio, savedBytes, savedTime } = summary;
  const percent = (ratio * 100).toFixed(1);
  const saved = `${savedBytes} bytes and ${(savedTime / 1000).toFixed(2)} s saved`;
  const left = waiting > 0 ? `, ${waiting} waiting` : '';
  return `${urls} URLs: ${loaded} loaded, ${notModified} not modified (${percent} %), ${failed} failed${left}; ${saved}`;
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
