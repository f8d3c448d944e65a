#!/usr/bin/env node
import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import { closeSync, openSync, realpathSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { answerOf } from './answer-of.ts';
import { type Options, optionsOf, USAGE, VERSION } from './cli-options.ts';
import { described, type Line, Progress, sentence, summaryOf } from './cli-report.ts';
import { Waits } from './cli-waits.ts';
import { type Client, createClient } from './client.ts';
import { eachOf } from './each-of.ts';
import { isIdentifying } from './partition.ts';
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
    if (!options.help && !options.version) return await run(options, streams);
    streams.stdout.write(`${options.help ? USAGE : VERSION}\n`);
    return 0;
  } catch (error) {
    streams.stderr.write(`${(error as Error).message}\nSee etag-poll --help.\n`);
    return 2;
  }
}

async function run(options: Options, streams: Streams): Promise<number> {
  const { file, output, registry } = options;
  const listed = file === undefined ? [] : await naming(`--file ${file}`, () => linesOf(file, streams.stdin));
  const urls = [...new Set([...options.urls, ...listed])];
  const key = process.env.ETAG_POLL_KEY;
  const isForgotten = key === undefined && [...options.headers.keys()].some(isIdentifying);
  if (isForgotten) streams.stderr.write(WITHOUT_KEY);
  // Before anything is read: what cannot be kept there is not asked for.
  if (output !== undefined) await naming(`--output ${output}`, () => mkdir(output, { recursive: true }));
  const db = await openRegistry(isForgotten ? ':memory:' : registry);
  let unkept = '';
  const client = createClient({
    store: sqliteStore(db),
    key,
    onEvent(event) {
      if (event.type === 'store-failed') unkept ||= `--registry ${registry}: ${messageOf(event.error)}${UNKEPT}`;
    },
  });
  const waits = new Waits(db, key, options.headers);
  const progress = new Progress(urls.length, streams.stderr);
  const lines: Line[] = [];
  await eachOf(urls, options, async (url) => {
    const left = waits.left(url);
    const line = left > 0 ? { url, waits: Math.ceil(left / 1000) } : await read(client, url, options, waits);
    lines.push(line);
    progress.clear();
    const shown = options.json ? JSON.stringify(line) : described(line);
    if (shown) streams.stdout.write(`${shown}\n`);
    progress.draw(lines.length);
  });
  progress.clear();
  db.close();
  streams.stderr.write(unkept);
  const summary = summaryOf(lines, client);
  streams.stdout.write(`${options.json ? JSON.stringify({ summary }) : sentence(summary)}\n`);
  return summary.failed > 0 ? 1 : 0;
}

const UNKEPT = '; not all that was read now is known the next time.\n';

const WITHOUT_KEY =
  'Credentials are sent, and ETAG_POLL_KEY is not set: what is read now is not known the next time. See etag-poll --help.\n';

async function openRegistry(file: string): Promise<SqliteDatabase & { close(): void }> {
  const { DatabaseSync } = await import('node:sqlite').catch((cause: unknown) => {
    throw new Error('etag-poll needs node:sqlite, which Node has from 22.13 on.', { cause });
  });
  return naming(`--registry ${file}`, () => {
    // It may hold what was read under credentials: for its owner alone.
    if (file !== ':memory:') closeSync(openSync(file, 'a', 0o600));
    const db = new DatabaseSync(file, { timeout: 500 });
    db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL');
    return db;
  });
}

/** Says which option it was that failed. */
async function naming<T>(option: string, run: () => T | Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (cause) {
    throw new Error(`${option}: ${messageOf(cause)}`, { cause });
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The URLs of a file, one a line. */
async function linesOf(file: string, stdin: NodeJS.ReadableStream): Promise<string[]> {
  const lines = (file === '-' ? await text(stdin) : await readFile(file, 'utf8')).split('\n');
  return lines.map((line) => line.replace(/(^|\s)#.*/, '').trim()).filter(Boolean);
}

async function read(client: Client, url: string, options: Options, waits: Waits): Promise<Line> {
  const start = performance.now();
  try {
    const response = await client(url, { headers: options.headers, signal: AbortSignal.timeout(options.timeout) });
    waits.remember(url, response);
    const content = await contentOf(response);
    const { ok, status, statusText } = response;
    // A part would take the place of the whole.
    if (!ok || status === 206) return { url, error: `${status} ${statusText}`.trim() };
    const { how, movedTo } = answerOf(response) ?? { how: 'full', movedTo: null };
    const saved = options.output !== undefined && (await save(options.output, url, content));
    const duration = performance.now() - start;
    return {
      url,
      how,
      status,
      bytes: content.byteLength,
      duration,
      ...(movedTo && { movedTo }),
      ...(saved && { saved }),
    };
  } catch (error) {
    const { message, cause } = error as Error;
    return { url, error: cause instanceof Error ? `${message}: ${cause.message}` : message };
  }
}

const MIB = 1024 * 1024;
/** The longest content that is read, in MiB: one server must not take the memory of all. */
const LONGEST_MIB = 256;

/** The content of a response; what is longer, once it is decoded, is given up. */
async function contentOf(response: Response): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > LONGEST_MIB * MIB) throw new Error(`it is longer than ${LONGEST_MIB} MiB`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/**
 * Writes content to a file that is named by its URL, unless that has it already. The file is either the old one or the new
 * one at any time: who reads it, or interrupts this, never has half of it.
 *
 * @returns whether it was written
 */
async function save(folder: string, url: string, content: Uint8Array): Promise<boolean> {
  const name = encodeURIComponent(url);
  const digest = createHash('sha256').update(url).digest('hex');
  // File systems take names of 255 bytes.
  const file = join(folder, name.length > 200 ? `${name.slice(0, 180)}-${digest.slice(0, 16)}` : name);
  const current = await readFile(file).catch(() => null);
  if (current?.equals(content)) return false;
  const temporary = join(folder, `.${digest.slice(0, 16)}.${process.pid}`);
  try {
    await writeFile(temporary, content);
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  return true;
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  // `| head -1` has what it wants; what was to be read and kept still is.
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', ({ code, message }: NodeJS.ErrnoException) => {
      if (code === 'EPIPE') return;
      if (stream === process.stdout) process.stderr.write(`${message}\n`);
      process.exit(1);
    });
  }
  process.exitCode = await main(process.argv.slice(2), process);
}
