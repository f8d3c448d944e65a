import type { Audited } from './audited.ts';

/** The result of a run as JSON, in ASCII where a terminal would take a character for a command. */
export function toJson(run: readonly Audited[]): string {
  const escaped = (character: string) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return JSON.stringify(run, null, 2).replace(/[\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, escaped);
}
