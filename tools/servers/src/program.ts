import { join } from 'node:path';
import { libraries, unpacked } from './debian.ts';
import { fromDocker } from './docker.ts';
import { executable, path } from './path.ts';
import type { Command } from './process.ts';
import { Unavailable } from './server.ts';

/** A program, wherever it was found. */
export interface Program {
  readonly file: string;
  /** Runs it, or another program of the place where it was found. */
  command(folder: string, [file, ...args]: readonly [string, ...string[]]): Command;
}

/** Where a program comes from. */
export interface Source {
  /** What it may be called, its usual name first. */
  readonly names: readonly [string, ...string[]];
  /** The Debian package that has it. */
  readonly debian: string;
  /** The Docker image that has it. */
  readonly docker: string;
  /** What to do on a machine that lacks it. */
  readonly advice: string;
}

/**
 * Finds a program: on the PATH, else in its Debian package, which is unpacked into a cache, else in a Docker image.
 *
 * @throws Unavailable, saying what was tried and what to do
 */
export async function findProgram(source: Source): Promise<Program> {
  const installed = executable(source.names, path());
  if (installed) return { file: installed, command: (_, [file, ...args]) => ({ file, args }) };
  const tried = [`no ${source.names.join(' or ')} on the PATH`];
  for (const [place, find] of Object.entries({ Debian: fromDebian, Docker: fromDocker })) {
    try {
      return await find(source);
    } catch (error) {
      tried.push(`${place}: ${(error as Error).message}`);
    }
  }
  throw new Unavailable(`${tried.join('; ')}. ${source.advice}`);
}

async function fromDebian({ names, debian }: Source): Promise<Program> {
  const root = await unpacked(debian);
  const file = executable(names, [join(root, 'usr/bin'), join(root, 'usr/sbin')]);
  if (!file) throw new Error(`the package ${debian} does not hold it`);
  const env = { LD_LIBRARY_PATH: libraries(root).join(':') };
  return { file, command: (_, [file, ...args]) => ({ file, args, env }) };
}
