#!/usr/bin/env node
import { command } from './command.ts';

const interrupted = new AbortController();
// Once: what was written is put back first. A second Ctrl-C stops at once.
process.once('SIGINT', () => {
  console.error('interrupted: the audit ends, and puts back what it wrote; once more stops it at once');
  interrupted.abort();
});
process.exitCode = await command(process.argv.slice(2), {
  log: (text) => console.log(text),
  error: (text) => console.error(text),
  isColored: process.stdout.isTTY === true && !process.env.NO_COLOR,
  signal: interrupted.signal,
});
