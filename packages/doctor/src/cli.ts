#!/usr/bin/env node
import { command } from './command.ts';

process.exitCode = await command(process.argv.slice(2), {
  log: (text) => console.log(text),
  error: (text) => console.error(text),
  isColored: process.stdout.isTTY === true && !process.env.NO_COLOR,
});
