/** A text whose control characters are written out, so that what a server sent cannot steer a terminal. */
export function visible(text: string): string {
  return text.replace(
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
    /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g,
    (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );
}

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** A text as content, or as the value of an attribute, of HTML or XML. */
export function markup(text: string): string {
  return visible(text).replace(/[&<>"']/g, (character) => ENTITIES[character] as string);
}

/** A text within Markdown, as it stands. */
export function markdownText(text: string): string {
  return visible(text)
    .replace(/[&<>]/g, (character) => ENTITIES[character] as string)
    .replace(/[\\`*_[\]|~]/g, '\\$&');
}

/** A text as code within Markdown. */
export function markdownCode(text: string): string {
  const code = visible(text).replaceAll('|', '\\|');
  const longest = Math.max(0, ...[...code.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return longest > 0 ? `${fence} ${code} ${fence}` : `${fence}${code}${fence}`;
}
