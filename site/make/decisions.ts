import type { Source } from './sources.ts';

/**
 * The list of all decisions.
 *
 * @param files - the pages that are files
 * @returns its page
 */
export function sourcesOfDecisions(files: readonly Source[]): Source[] {
  const decisions = files.filter(({ file }) => /^docs\/decisions\/\d/.test(file));
  const items = decisions.map(({ file, markdown }) => {
    const title = /^# (.*)$/m.exec(markdown)?.[1];
    return `- [${title}](${file.slice('docs/decisions/'.length)})`;
  });
  const intro = 'A choice that is not obvious has a page: what was decided, why, and what was tried.';
  return [
    {
      file: 'docs/decisions/README.md',
      slug: 'decisions',
      markdown: `# Decisions\n\n${intro}\n\n${items.join('\n')}\n`,
    },
  ];
}
