import { ProblemError } from '../../notes-hono/src/problem.ts';
import type { Notes } from './notes.ts';

/** A note as a page. It has no version of its own to be tagged with, only its content. */
export async function page(notes: Notes, id: string): Promise<string> {
  const found = await notes.get(id);
  if (!found) throw new ProblemError(404, 'There is no such note.');
  const [title, text] = [found.value.title, found.value.text].map(escaped);
  return `<!doctype html>\n<html lang="en"><title>${title}</title>\n<h1>${title}</h1>\n<p>${text}</p></html>\n`;
}

const escaped = (text: string) => text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
