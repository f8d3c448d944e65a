import { createHash } from 'node:crypto';
import type { Check } from '../check.ts';
import { checks } from '../checks.ts';
import type { Finding } from '../report.ts';
import type { Severity } from '../severity.ts';
import { type Audited, remedyOf } from './audited.ts';
import { visible } from './escape.ts';

const HOME = 'https://www.npmjs.com/package/@etag/doctor';
const LEVELS = { critical: 'error', error: 'error', warning: 'warning', note: 'note' } as const satisfies Record<
  Severity,
  string
>;

/** The result of a run as SARIF 2.1.0. */
export function toSarif(run: readonly Audited[]): string {
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'etag-doctor', informationUri: HOME, rules: checks.map(ruleOf) } },
        invocations: [
          {
            executionSuccessful: run.every((audited) => faultOf(audited) === null),
            toolExecutionNotifications: run.flatMap((audited) => {
              const fault = faultOf(audited);
              return fault === null ? [] : [{ level: 'error', message: { text: visible(fault) } }];
            }),
          },
        ],
        results: run.flatMap((audited) =>
          (audited.report?.findings ?? []).map((finding) => resultOf(audited, finding)),
        ),
      },
    ],
  };
  return JSON.stringify(log, null, 2);
}

/** Why an audit came to no result, or not to all; null where it did. */
const faultOf = ({ report, error }: Audited) => error ?? report?.stopped ?? null;

function ruleOf({ id, title, section, severity, fix }: Check) {
  return {
    id,
    shortDescription: { text: title },
    fullDescription: { text: `${title} (${section})` },
    help: { text: fix },
    helpUri: `${HOME}#${id}`,
    defaultConfiguration: { level: LEVELS[severity] },
  };
}

function resultOf(audited: Audited, finding: Finding) {
  const { id, severity, expected, seen, requests } = finding;
  const text = `Expected: ${expected}. Seen: ${seen}. ${remedyOf(finding)}`;
  return {
    ruleId: id,
    ruleIndex: checks.findIndex((check) => check.id === id),
    level: LEVELS[severity],
    message: { text: visible(text) },
    locations: [locationOf(audited)],
    partialFingerprints: { 'etagDoctor/v1': createHash('sha256').update(`${id}\n${audited.url}`).digest('hex') },
    properties: { severity, requests: requests.map(visible) },
  };
}

/** GitHub takes the lines of files of the repository, and no http locations. */
function locationOf({ url, place }: Audited) {
  const logicalLocations = [{ fullyQualifiedName: visible(url), kind: 'resource' }];
  if (!place) return { logicalLocations };
  const artifactLocation = { uri: encodeURI(place.file.replaceAll('\\', '/')), uriBaseId: '%SRCROOT%' };
  return { physicalLocation: { artifactLocation, region: { startLine: place.line } }, logicalLocations };
}
