#!/usr/bin/env node
import { createHash } from 'node:crypto';
import { realpathSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { type Options, optionsOf, USAGE } from './cli-options.ts';
import { described, type Line, Progress, sentence, summaryOf } from './cli-report.ts';
import { type Client, createClient } from './client.ts';
import { eachOf } from './each-of.ts';
import type { How } from './event.ts';
import { type SqliteDatabase, sqliteStore } from './sqlite.ts';

/** Where a run reads and writes. */
export interface Streams {
  readonly stdin: NodeJS.ReadableStream;
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown; readonly isTTY?: boolean | undefined };
}

/**
 * Runs the command.
 *
 * @param args - what comes after its name
 * @returns the exit code
 */
export async function main(args: readonly string[], streams: Streams): Promise<number> {
  try {
    const options = optionsOf(args);
    if (!options.help) return await run(options, streams);
    streams.stdout.write(`${USAGE}\n`);
    return 0;
  } catch (error) {
    streams.stderr.write(`${(error as Error).message}\nSee etag-poll --help.\n`);
    return 2;
  }
}

async function run(options: Options, streams: Streams): Promise<number> {
  const urls = [...new Set([...options.urls, ...(await listed(options.file, streams.stdin))])];
  const answers = new Map<string, How>();
  const db = await openRegistry(options.registry);
  const client = createClient({
    store: sqliteStore(db),
    key: process.env.ETAG_POLL_KEY,
    onEvent(event) {
      if (event.type === 'answered') answers.set(event.url, event.how);
    },
  });
  const progress = new Progress(urls.length, streams.stderr);
  const lines: Line[] = [];
  await eachOf(urls, options, async (url) => {
    const line = await read(client, url, options, answers);
    lines.push(line);
    progress.clear();
    const shown = options.json ? JSON.stringify(line) : described(line);
    if (shown) streams.stdout.write(`${shown}\n`);
    progress.draw(lines.length);
  });
  progress.clear();
  db.close();
  const summary = summaryOf(lines, client);
  streams.stdout.write(`${options.json ? JSON.stringify({ summary }) : sentence(summary)}\n`);
  return summary.failed > 0 ? 1 : 0;
}

async function openRegistry(file: string): Promise<SqliteDatabase & { close(): void }> {
  const { DatabaseSync } = await import('node:sqlite').catch((cause: unknown) => {
    throw new Error('etag-poll needs node:sqlite, which Node has from 22.13 on.', { cause });
  });
  const db = new DatabaseSync(file, { timeout: 500 });
  db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL');
  return db;
}

/** The URLs of a file, one a line. */
async function listed(file: string | undefined, stdin: NodeJS.ReadableStream): Promise<string[]> {
  if (file === undefined) return [];
  const lines = (file === '-' ? await text(stdin) : await readFile(file, 'utf8')).split('\n');
  return lines.map((line) => line.replace(/(^|\s)#.*/, '').trim()).filter(Boolean);
}

async function read(client: Client, url: string, options: Options, answers: Map<string, How>): Promise<Line> {
  const start = performance.now();
  try {
    const response = await client(url, { headers: options.headers, signal: AbortSignal.timeout(options.timeout) });
    const content = new Uint8Array(await response.arrayBuffer());
    const { ok, status, statusText } = response;
    if (!ok) return { url, error: `${status} ${statusText}`.trim() };
    const how = answers.get(response.url) ?? 'full';
    if (options.output !== undefined && how === 'full') await save(options.output, url, content);
    return { url, how, status, bytes: content.byteLength, duration: performance.now() - start };
  } catch (error) {
    const { message, cause } = error as Error;
    return { url, error: cause instanceof Error ? `${message}: ${cause.message}` : message };
  }
}

/** Writes content to a file that is named by its URL. */
async function save(folder: string, url: string, content: Uint8Array): Promise<void> {
  const name = encodeURIComponent(url);
  const digest = createHash('sha256').update(url).digest('hex');
  await mkdir(folder, { recursive: true });
  // File systems take names of 255 bytes.
  await writeFile(join(folder, name.length > 200 ? `${name.slice(0, 180)}-${digest.slice(0, 16)}` : name), content);
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  process.exitCode = await main(process.argv.slice(2), process);
}
