import type { Fields, NoteVersion, SaveOutcome } from './client.ts';

/** How what the server has compares with what the editor has. */
export type Finding =
  /** There is no note, and there was none. */
  | 'absent'
  /** There is no note any more. */
  | 'gone'
  /** The note is read for the first time, into an empty editor. */
  | 'first'
  /** It is the version that was read before. */
  | 'unchanged'
  /** It says what the editor says. */
  | 'alike'
  /** It is what the editor had sent; more was typed since. */
  | 'own'
  /** Somebody else changed it; nothing was typed. */
  | 'theirs'
  /** A new version says what the one before said; something was typed. */
  | 'mine'
  /** It was changed, and something was typed. */
  | 'both';

/**
 * Compares what was found.
 *
 * @param seen - what was read before
 * @param sent - what was last sent, and not refused; null where that is settled
 * @param draft - what the editor says now
 */
export function findingOf(
  seen: NoteVersion | null,
  sent: Fields | null,
  draft: Fields,
  found: NoteVersion | null,
): Finding {
  if (!found) return seen ? 'gone' : 'absent';
  if (found.tag === seen?.tag) return 'unchanged';
  if (same(found, draft)) return 'alike';
  if (sent && same(found, sent)) return 'own';
  if (!seen) return draft.title || draft.text ? 'both' : 'first';
  if (same(draft, seen)) return 'theirs';
  return same(found, seen) ? 'mine' : 'both';
}

function same(a: Fields, b: Fields): boolean {
  return a.title === b.title && a.text === b.text;
}

/** What the editor did before it read: no more than that, or a save. */
export type Before = 'read' | SaveOutcome;

const OPENING: Record<Before, string> = {
  read: '',
  saved: 'Saved. ',
  refused: 'Refused with 412: the note has changed since you read it. ',
  unknown: '',
};

const FACT: Record<Finding, string> = {
  absent: 'There is no such note yet. Write it, and create it.',
  gone: 'There is no such note any more. Saving creates it.',
  first: 'Here is the note.',
  unchanged: 'Nothing has changed since you read it.',
  alike: 'The note says what you wrote.',
  own: 'What you have written since is not saved.',
  theirs: 'Somebody has saved: this is their version.',
  mine: 'What you have written is not saved.',
  both: 'Your text is safe here, and theirs there. Choose what becomes of them.',
};

/** Where the fact alone would not say it. */
const TOGETHER: Partial<Record<Before, Partial<Record<Finding, string>>>> = {
  saved: { alike: 'Saved.' },
  refused: { own: 'Refused with 412: your save before had arrived. Save again what you have written since.' },
  unknown: {
    absent: 'Now it is known: your save did not arrive. Save again.',
    unchanged: 'Now it is known: your save did not arrive. Save again.',
    alike: 'Now it is known: your save had arrived.',
    own: 'Now it is known: your save had arrived. What you have written since is not saved.',
  },
};

/** Says to a person what was found. */
export function sentence(before: Before, finding: Finding): string {
  return TOGETHER[before]?.[finding] ?? OPENING[before] + FACT[finding];
}
