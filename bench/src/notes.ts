/** What an application sends: notes as JSON, in ASCII, exactly so many characters long. */
export function noteText(seed: number, length: number): string {
  let text = `{"id":${seed},"tags":["travel","list"],"text":"`;
  for (let line = seed; text.length < length - 2; line++)
    text += `${line % 97} pairs of socks, and the map of line ${line}. `;
  // Flat, as JSON.stringify makes it.
  return Buffer.from(`${text.slice(0, length - 2)}"}`).toString('latin1');
}
