import { readFileSync, writeFileSync } from 'node:fs';
import type { Check } from '../src/check.ts';
import { checks } from '../src/checks.ts';
import { linesOf } from '../src/configuration.ts';

const FAMILIES: readonly [prefix: RegExp, title: string, text: string][] = [
  [/^(tag|content)-/, 'The tag', 'What a plain read says of the resource, and whether it says the same again.'],
  [/^modified-/, 'Last-Modified', 'The other validator.'],
  [/^read-/, 'Reads', 'If-None-Match in all its forms, and If-Match.'],
  [/^date-/, 'Dates', 'If-Modified-Since, If-Unmodified-Since, and which of two validators counts.'],
  [/^not-modified-/, 'The 304', 'What it carries, beside the 200 that it stands for.'],
  [/^coding-/, 'Codings', 'gzip, br and zstd, each with a tag of its own.'],
  [/^range-/, 'Ranges', 'If-Range keeps a download that is resumed to one version.'],
  [/^(digest|query|stream)-/, 'Digests, queries and streams', 'Where the endpoint has them.'],
  [/^cors-/, 'Other origins', 'What a page on another origin can do.'],
  [/^clients-/, 'Clients', "The same resource, as curl, Node's fetch and a browser ask for it."],
  [/^(hop|node)-/, 'Hops and nodes', 'Who changed the tag on its way. They need `--origin` or `--node`.'],
  [
    /^promise-/,
    'Promises',
    'What an OpenAPI document says of the endpoint, given with `--openapi`; those of writes need `--write` too.',
  ],
  [/^client-/, 'What clients do', 'They need a recording, given with `--har`.'],
  [/^authorisation-/, 'Authorisation', 'It needs credentials, given with `-H`.'],
  [/^write-/, 'Writes', 'They run only with `--write`, and restore what they found.'],
  [/^race-/, 'Races', 'It runs only with `--write --race <number>`.'],
];

function familiesOf(): { title: string; text: string; members: readonly Check[] }[] {
  return FAMILIES.map(([prefix, title, text]) => ({
    title,
    text,
    members: checks.filter(({ id }) => prefix.test(id)),
  }));
}

/** What is said of one check. */
export function sectionOf({ id, title, section, severity, fix }: Check): string {
  const lines = linesOf(id).map(({ server, text, source, isTested }) => {
    const origin = isTested ? `[its documentation](${source})` : `from [its documentation](${source}), not tried here`;
    return `- ${server}: \`${text}\` (${origin})`;
  });
  const known = lines.length > 0 ? `\n\n${lines.join('\n')}` : '';
  return `### ${id}\n\nPasses when ${title}. ${section}. Severity: ${severity}.\n\n${fix}${known}`;
}

/** The documentation of all checks, one section for each. */
export function checksPage(): string {
  const families = familiesOf().map(({ title, text, members }) =>
    [`## ${title}`, text, ...members.map(sectionOf)].join('\n\n'),
  );
  return `# The checks of @etag/doctor

\`npx @etag/doctor <url>\` runs them; [its README](../packages/doctor/README.md) says how. What they found at known servers is in
[origins.md](origins.md).

${families.join('\n\n')}
`;
}

/** The checks as a table, each with an anchor of its own. */
export function checksTable(): string {
  const rows = checks.map(
    ({ id, title, severity }) => `| <a id="${id}"></a>[${id}](../../docs/doctor.md#${id}) | ${title} | ${severity} |`,
  );
  return ['| check | passes when | else |', '| --- | --- | --- |', ...rows].join('\n');
}

// node packages/doctor/test/page.ts writes them; docs.test.ts sees whether they are up to date.
/** The files that the checks are written into. */
export const pages: readonly { file: URL; make(now: string): string }[] = [
  { file: new URL('../../../docs/doctor.md', import.meta.url), make: checksPage },
  { file: new URL('../README.md', import.meta.url), make: withTable },
];

/** A README with the table between its markers. */
function withTable(readme: string): string {
  return readme.replace(
    /(<!-- checks -->).*(<!-- \/checks -->)/s,
    (_, open, close) => `${open}\n\n${checksTable()}\n\n${close}`,
  );
}

if (import.meta.main) {
  for (const { file, make } of pages) writeFileSync(file, make(readFileSync(file, 'utf8')));
}
