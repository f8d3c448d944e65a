import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { chromium, flags } from '../../tools/chromium.ts';

// A browser is driven over two pipes, by its DevTools protocol: JSON texts, each with a zero byte at its end.
// https://chromedevtools.github.io/devtools-protocol/

/** Parameters of a command, of an event, or its result. */
// biome-ignore lint/suspicious/noExplicitAny: the protocol has hundreds of shapes; each is read where it is known.
type Fields = Record<string, any>;

interface Message {
  readonly id?: number;
  readonly sessionId?: string;
  readonly method?: string;
  readonly params?: Fields;
  readonly result?: Fields;
  readonly error?: { readonly message: string };
}

/** The two pipes of a browser. */
class Connection {
  readonly #input: Writable;
  readonly #waiting = new Map<number, (message: Message) => void>();
  readonly #listeners = new Set<(message: Message) => void>();
  #lastId = 0;
  #rest = '';

  constructor(input: Writable, output: Readable) {
    this.#input = input;
    output.setEncoding('utf8').on('data', (chunk: string) => {
      const texts = (this.#rest + chunk).split('\0');
      this.#rest = texts.pop() ?? '';
      for (const text of texts) this.#receive(JSON.parse(text));
    });
  }

  #receive(message: Message): void {
    if (message.id === undefined) for (const listener of this.#listeners) listener(message);
    else this.#waiting.get(message.id)?.(message);
  }

  async send(method: string, params: Fields = {}, sessionId?: string): Promise<Fields> {
    this.#lastId += 1;
    const id = this.#lastId;
    const answered = new Promise<Message>((resolve) => this.#waiting.set(id, resolve));
    this.#input.write(`${JSON.stringify({ id, method, params, ...(sessionId && { sessionId }) })}\0`);
    const { error, result = {} } = await answered;
    this.#waiting.delete(id);
    if (error) throw new Error(`${method}: ${error.message}`);
    return result;
  }

  listen(listener: (message: Message) => void): void {
    this.#listeners.add(listener);
  }
}

/** How a tab shows pages. */
export interface Screen {
  /** CSS pixels. */
  readonly width: number;
  /** CSS pixels. */
  readonly height: number;
  readonly scheme: 'light' | 'dark';
  /** Whether the scripts of a page run. @default true */
  readonly hasScripts?: boolean;
}

/** One page at a time. */
export interface Tab {
  /** Opens an address, and waits until it and its fonts are loaded. */
  open(url: string): Promise<void>;
  /** The value of an expression, or what its promise settles to, as JSON has it. */
  evaluate<T>(expression: string): Promise<T>;
  /** The errors of the page's console since the last call. */
  takeErrors(): string[];
  /** What the tab shows, as a PNG. */
  screenshot(): Promise<Buffer>;
}

/** What a message of the page's console says, if it is an error. */
function errorOf({ method, params = {} }: Message): string | null {
  if (method === 'Runtime.exceptionThrown') {
    const { exception, text } = params.exceptionDetails;
    return exception?.description ?? text;
  }
  if (method === 'Runtime.consoleAPICalled' && params.type === 'error') {
    return params.args.map((arg: Fields) => arg.value ?? arg.description).join(' ');
  }
  if (method === 'Log.entryAdded' && params.entry.level === 'error') return `${params.entry.text} ${params.entry.url}`;
  return null;
}

async function openTab(connection: Connection, { width, height, scheme, hasScripts = true }: Screen): Promise<Tab> {
  const { targetId } = await connection.send('Target.createTarget', { url: 'about:blank' });
  const { sessionId } = await connection.send('Target.attachToTarget', { targetId, flatten: true });
  const send = (method: string, params?: Fields) => connection.send(method, params, sessionId);
  let errors: string[] = [];
  let loaded = () => {};
  connection.listen((message) => {
    if (message.sessionId !== sessionId) return;
    if (message.method === 'Page.loadEventFired') loaded();
    const error = errorOf(message);
    if (error !== null) errors.push(error);
  });
  for (const domain of ['Page', 'Runtime', 'Log']) await send(`${domain}.enable`);
  const isNarrow = width < 768;
  await send('Emulation.setDeviceMetricsOverride', { width, height, deviceScaleFactor: 1, mobile: isNarrow });
  await send('Emulation.setEmulatedMedia', { features: [{ name: 'prefers-color-scheme', value: scheme }] });
  await send('Emulation.setScriptExecutionDisabled', { value: !hasScripts });
  const evaluate = async <T>(expression: string) => {
    const params = { expression, awaitPromise: true, returnByValue: true };
    const { result, exceptionDetails } = await send('Runtime.evaluate', params);
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    return result?.value as T;
  };
  return {
    evaluate,
    async open(url) {
      const isLoaded = new Promise<void>((resolve) => {
        loaded = resolve;
      });
      await send('Page.navigate', { url });
      await isLoaded;
      await evaluate('document.fonts.ready.then(() => null)');
    },
    takeErrors() {
      const taken = errors;
      errors = [];
      return taken;
    },
    async screenshot() {
      const { data } = await send('Page.captureScreenshot', { format: 'png' });
      return Buffer.from(data, 'base64');
    },
  };
}

/** A browser that runs until it is closed. */
export interface Browser {
  tab(screen: Screen): Promise<Tab>;
  close(): Promise<void>;
}

/**
 * Starts Chromium with a profile of its own.
 *
 * @returns the browser
 * @throws Error - there is none on the PATH
 */
export async function openBrowser(): Promise<Browser> {
  const profile = mkdtempSync(join(tmpdir(), 'browser-'));
  const child: ChildProcess = spawn(
    chromium(),
    [...flags, '--hide-scrollbars', `--user-data-dir=${profile}`, '--remote-debugging-pipe', 'about:blank'],
    { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] },
  );
  const [input, output] = child.stdio.slice(3);
  const connection = new Connection(input as Writable, output as Readable);
  return {
    tab: (screen) => openTab(connection, screen),
    async close() {
      const exited = once(child, 'exit');
      await connection.send('Browser.close');
      await exited;
      rmSync(profile, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}
