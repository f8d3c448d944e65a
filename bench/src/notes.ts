/** What an application sends: notes as JSON, in ASCII, exactly so many characters long. */
export function noteText(seed: number, length: number): string {
  let text = `{"id":${seed},"tags":["travel","list"],"text":"`;
  for (let line = seed; text.length < length - 2; line++)
    text += `${line % 97} pairs of socks, and the map of line ${line}. `;
  // Flat, as JSON.stringify makes it.
  return Buffer.from(`${text.slice(0, length - 2)}"}`).toString('latin1');
}

const WORDS = 'pairs of socks and the map of line two trains to the coast before noon'.split(' ');
const START = Date.UTC(2026, 0, 1);

/** What a database gives: a list of notes, 64 KB as JSON. */
export function noteList(seed: number): object[] {
  return Array.from({ length: 260 }, (_, index) => ({
    id: seed * 1000 + index,
    title: `Packing list ${index}`,
    author: { id: index % 7, name: `Traveller ${index % 7}` },
    tags: ['travel', WORDS[index % WORDS.length]],
    text: WORDS.slice(index % 5, (index % 5) + 8).join(' '),
    revision: index % 13,
    pinned: index % 3 === 0,
    createdAt: new Date(START + index * 86_461_000),
    updatedAt: new Date(START + index * 3_661_000),
  }));
}
