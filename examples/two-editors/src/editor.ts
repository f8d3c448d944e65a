import { type Fields, NoAnswerError, type NoteClient, type NoteVersion } from './client.ts';
import { conflictForm, type Way } from './conflict.ts';
import type { Connection } from './connection.ts';
import { find } from './element.ts';
import { type Before, type Finding, findingOf, sentence } from './finding.ts';
import { versionName } from './version-name.ts';

const DECIDED: Record<Way, string> = {
  mine: 'Your text, to stand in place of theirs. Save again.',
  theirs: 'This is their version. Nothing is left to save.',
  merged: 'The changes of both. Look it over, and save again.',
};

/** One pane: what was read, what is written, and what becomes of it. */
export class Editor {
  readonly #note: NoteClient;
  readonly #pane: HTMLElement;
  readonly #title: HTMLInputElement;
  readonly #text: HTMLTextAreaElement;
  readonly #saveButton: HTMLButtonElement;
  /** What the server had when it was last read; null where there was no note. */
  #seen: NoteVersion | null = null;
  /** What the next read is to tell the outcome of. */
  #before: Before = 'read';
  /** What was last sent, and not refused, until a read settles what became of it. */
  #sent: Fields | null = null;
  #busy = false;

  constructor(name: string, connect: (connection: () => Connection) => NoteClient) {
    const copy = find<HTMLTemplateElement>('template#editor').content.cloneNode(true) as DocumentFragment;
    this.#pane = find('section', copy);
    this.#title = find('[name=title]', copy);
    this.#text = find('[name=text]', copy);
    this.#saveButton = find('[name=save]', copy);
    this.#pane.ariaLabel = name;
    find('h2', copy).textContent = name;
    const connection = find<HTMLSelectElement>('[name=connection]', copy);
    this.#note = connect(() => connection.value as Connection);
    find('form.note', copy).addEventListener('submit', (event) => {
      event.preventDefault();
      void this.#once(() => this.#save());
    });
    find('[name=read]', copy).addEventListener('click', () => void this.read());
  }

  get element(): HTMLElement {
    return this.#pane;
  }

  /** Reads the note, and finds out what is not known. */
  read(): Promise<void> {
    return this.#once(() => this.#read());
  }

  /** Whether what became of the last save is not known. */
  get unknown(): boolean {
    return this.#before === 'unknown';
  }

  /** One thing at a time; its failure is for the person who asked. */
  async #once(work: () => Promise<void>): Promise<void> {
    if (this.#busy) return;
    this.#busy = true;
    this.#say('asking', '');
    try {
      await work();
    } catch (error) {
      if (!(error instanceof NoAnswerError)) console.error(error);
      this.#say(this.unknown ? 'unknown' : 'failed', `${this.#unsaid}${(error as Error).message}`);
    } finally {
      this.#busy = false;
    }
  }

  /** What a read was to tell, and could not. */
  get #unsaid(): string {
    if (this.unknown) return 'Whether your save arrived is still unknown. ';
    return this.#before === 'saved' ? 'Saved. ' : '';
  }

  async #read(): Promise<void> {
    const found = await this.#note.read();
    const before = this.#before;
    const finding = findingOf(this.#seen, this.#sent, this.#draft, found);
    this.#before = 'read';
    this.#sent = null;
    if (found && finding === 'both') this.#ask(found);
    else this.#adopt(found, finding);
    this.#say(before === 'refused' ? 'refused' : 'known', sentence(before, finding));
  }

  async #save(): Promise<void> {
    const draft = this.#draft;
    const outcome = await this.#note.save(draft, this.#seen);
    this.#before = outcome;
    if (outcome !== 'refused') this.#sent = draft;
    if (outcome === 'unknown') {
      this.#say('unknown', 'No answer: your save may have arrived, or not. Read again to learn it.');
      return;
    }
    // The tag stays that of before, until the new one is read (RFC 9110 §9.3.4): a save with it would be refused.
    if (outcome === 'saved' && this.#seen) this.#seen = { ...this.#seen, ...draft };
    await this.#read();
  }

  #adopt(found: NoteVersion | null, finding: Finding): void {
    this.#see(found);
    if (found && (finding === 'theirs' || finding === 'first')) this.#draft = found;
    this.#ask(null);
  }

  /** Asks what becomes of a conflict; null: there is none. */
  #ask(theirs: NoteVersion | null): void {
    const decide = (way: Way, fields: Fields) => {
      this.#see(theirs);
      this.#draft = fields;
      this.#ask(null);
      this.#say('known', DECIDED[way]);
      (way === 'theirs' ? this.#text : this.#saveButton).focus();
    };
    const form = theirs && conflictForm({ base: this.#seen, mine: this.#draft, theirs }, decide);
    find('.conflict', this.#pane).replaceChildren(...(form ? [form] : []));
    // What is compared must stay as it is shown.
    this.#title.readOnly = this.#text.readOnly = this.#saveButton.disabled = form !== null;
    if (form) find('h3', form).focus();
  }

  get #draft(): Fields {
    return { title: this.#title.value, text: this.#text.value };
  }

  set #draft({ title, text }: Fields) {
    this.#title.value = title;
    this.#text.value = text;
  }

  #see(seen: NoteVersion | null): void {
    this.#seen = seen;
    this.#saveButton.textContent = seen ? 'Save' : 'Create';
    const shown = {
      version: seen ? versionName(seen.tag) : 'none',
      tag: seen?.tag ?? 'none',
      coding: seen?.coding ?? 'none',
    };
    for (const [name, value] of Object.entries(shown)) find(`[data-name=${name}]`, this.#pane).textContent = value;
  }

  #say(tone: 'asking' | 'known' | 'refused' | 'unknown' | 'failed', text: string): void {
    const outcome = find('.outcome', this.#pane);
    outcome.dataset.tone = tone;
    outcome.textContent = text;
  }
}
