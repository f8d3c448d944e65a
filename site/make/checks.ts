import { checks } from '../../packages/doctor/src/checks.ts';
import { sectionOf } from '../../packages/doctor/test/page.ts';
import type { Source } from './sources.ts';

/**
 * A page for each check of @etag/doctor, as its reports link to.
 *
 * @returns the pages
 */
export function sourcesOfChecks(): Source[] {
  return checks.map((check) => ({
    file: `docs/checks/${check.id}.md`,
    slug: `checks/${check.id}`,
    markdown: `# ${check.id}\n\n${sectionOf(check).replace(/^### .*\n+/, '')}\n\n[All checks](../doctor.md)\n`,
  }));
}
