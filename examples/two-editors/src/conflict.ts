import { diffWordsWithSpace } from 'diff';
import type { Fields } from './client.ts';
import { element } from './element.ts';
import { compareNotes, mergeNotes, type Region, type Side } from './merge.ts';

/** What a person decides on: what they saw at first, what they wrote, and what the server has. */
export interface Sides {
  base: Fields | null;
  mine: Fields;
  theirs: Fields;
}

/** Which of the three ways out was taken. */
export type Way = 'mine' | 'theirs' | 'merged';

/** Shows whose change is where, and asks what becomes of it. */
export function conflictForm(sides: Sides, decide: (way: Way, fields: Fields) => void): HTMLFormElement {
  const notes = compareNotes(sides.base, sides.mine, sides.theirs);
  const asked = [...notes.title, ...notes.text].filter(({ whose }) => whose === 'both');
  const form = element(
    'form',
    {},
    element('h3', { tabIndex: -1 }, 'Whose change is where'),
    element('p', {}, hint(asked.length)),
    ...fieldOf('Title', notes.title, asked),
    ...fieldOf('Text', notes.text, asked),
    element(
      'div',
      { className: 'actions' },
      element('button', { className: 'primary' }, 'Merge'),
      element('button', { type: 'button', onclick: () => decide('mine', sides.mine) }, 'Keep mine'),
      element('button', { type: 'button', onclick: () => decide('theirs', sides.theirs) }, 'Take theirs'),
    ),
  );
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const chosen = new FormData(form);
    const choose = (region: Region) => chosen.get(`choice-${asked.indexOf(region)}`) as Side;
    decide('merged', mergeNotes(notes, choose));
  });
  return form;
}

function hint(asked: number): string {
  if (asked === 0) return 'The changes do not overlap: merging keeps both, and asks nothing.';
  const places = asked === 1 ? 'One place was' : `${asked} places were`;
  return `${places} changed by both. To merge, choose which side stands there.`;
}

/** One field of the note; nothing where nobody changed it. */
function fieldOf(name: string, regions: Region[], asked: Region[]): HTMLElement[] {
  if (regions.every(({ whose }) => whose === 'none')) return [];
  const items = regions.map((region) => regionItem(region, asked.indexOf(region)));
  return [element('h4', {}, name), element('ol', { className: 'regions' }, ...items)];
}

const LABEL: Record<Exclude<Region['whose'], 'none' | 'both'>, string> = {
  mine: 'Yours',
  theirs: 'Theirs',
  alike: 'Both alike',
};

/** @param question - the number of the choice, where there is one */
function regionItem({ whose, base, mine, theirs }: Region, question: number): HTMLLIElement {
  if (whose === 'none') {
    const count = base.length === 1 ? '1 line' : `${base.length} lines`;
    return element('li', { className: 'none' }, `${count} unchanged`);
  }
  if (whose !== 'both') {
    const after = whose === 'theirs' ? theirs : mine;
    return element('li', { className: whose }, element('strong', {}, LABEL[whose]), words(base, after));
  }
  const choice = (side: Side, after: string[]) => {
    const radio = element('input', { type: 'radio', name: `choice-${question}`, value: side, required: true });
    const label = side === 'mine' ? 'Yours' : 'Theirs';
    return element('label', { className: side }, element('strong', {}, radio, label), words(base, after));
  };
  const legend = element('legend', {}, 'Both changed this. Which stands?');
  return element(
    'li',
    { className: 'both' },
    element('fieldset', {}, legend, choice('mine', mine), choice('theirs', theirs)),
  );
}

/** The words that went and came. */
function words(before: string[], after: string[]): HTMLElement {
  const parts = diffWordsWithSpace(before.join('\n'), after.join('\n'));
  const shown = parts.map(({ added, removed, value }) => {
    if (added) return element('ins', {}, value);
    return removed ? element('del', {}, value) : value;
  });
  return element('span', { className: 'words' }, ...shown);
}
