import { type FieldLine, field } from '@etag/wire';
import { type Check, skipped, type Verdict } from './check.ts';
import { OF_BROWSERS } from './checks/codings.ts';
import { checks, isSelected } from './checks.ts';
import { configurationOf } from './configuration.ts';
import { curlLine, exchangeOf } from './curl.ts';
import { restore } from './draft.ts';
import { type AuditOptions, type Settings, settingsOf } from './options.ts';
import { Probe, type Sent } from './probe.ts';
import { plainOf, Recording } from './recording.ts';
import type { Finding, Report, Savings } from './report.ts';
import { hitOf } from './revalidation.ts';
import { savedPerDay } from './savings.ts';
import { type Server, serversOf } from './server.ts';
import { severities } from './severity.ts';
import { Subject } from './subject.ts';

/** The page that explains the checks; the id of a check is an anchor on it. */
const DOCS = 'https://www.npmjs.com/package/@etag/doctor';

/** What no audit from outside can decide. */
const UNDECIDED = [
  'whether a tag that stayed the same would change with every change of the resource',
  'whether a write and its check are one step, unless writers race and one update is lost (--race)',
  'whether the nodes agree, unless requests reach several of them (--node)',
  'what readers with other credentials, languages or cookies get',
];

const NOT_RECORDED = 'what nobody asked while it was recorded; the same URL without --har asks it';

const MOST_REDIRECTS = 5;
const HOP_FIELDS = ['Age', 'Cache-Status', 'Via', 'X-Cache', 'CF-Cache-Status', 'Server-Timing'];

/** The endpoint cannot be audited: it cannot be reached, or does not answer with content. */
export class Inconclusive extends Error {
  override name = 'Inconclusive';
}

/**
 * Audits how an endpoint handles conditional requests.
 *
 * @param url - an http or https URL that answers GET with 200; redirects are followed within its origin
 * @param options - which checks, how fast, and whether it may write
 * @returns what is broken, and what was not
 * @throws TypeError when `url` is not an http or https URL, or holds credentials
 * @throws Inconclusive when it cannot be reached, or does not answer 200
 * @example
 * const { findings } = await audit('http://localhost:8787/notes/1');
 */
export async function audit(url: string, options: AuditOptions = {}): Promise<Report> {
  const start = performance.now();
  const target = new URL(url);
  // It is never sent.
  target.hash = '';
  if (!/^https?:$/.test(target.protocol)) throw new TypeError(`${url} is not an http or https URL`);
  if (target.username || target.password) throw new TypeError('A URL with credentials: send them as a field');
  const probe = new Probe(settingsOf(target, options));
  const subject = new Subject(probe, await firstRead(probe, target));
  const results = await runAll(subject, options);
  const isRestored = await restore(subject).catch(() => false);
  const report = await reportOf(subject, results, options);
  const duration = Math.round(performance.now() - start);
  return { ...report, stopped: probe.stopped, isRestored, requests: probe.count, duration };
}

/**
 * Looks at what was recorded of an endpoint, with the checks that such exchanges decide. Nothing is sent.
 *
 * @param recorded - all exchanges with one URL, in their order
 * @param options - which checks
 * @returns what is broken; null where no read was answered in full
 */
export async function auditRecorded(recorded: readonly Sent[], options: AuditOptions = {}): Promise<Report | null> {
  const start = performance.now();
  const plain = plainOf(recorded);
  if (!plain) return null;
  const settings = settingsOf(plain.url, { ...options, write: false, race: 0 });
  const subject = new Subject(new Recording(settings, recorded), plain, recorded);
  const results = await runAll(subject, options);
  const report = await reportOf(subject, results, options);
  const duration = Math.round(performance.now() - start);
  return { ...report, stopped: null, isRestored: null, requests: 0, duration };
}

/** What came of the checks. */
async function reportOf(subject: Subject, results: readonly Result[], options: AuditOptions) {
  const servers = serversOf(subject.plain.response.headers);
  return {
    url: subject.url.href,
    servers,
    hops: hopsOf(subject.plain),
    findings: findingsOf(results, servers, subject.settings),
    passed: results.flatMap(({ check, verdict }) => (verdict.kind === 'passed' ? [check.id] : [])),
    skipped: results.flatMap(({ check, verdict }) =>
      verdict.kind === 'skipped' ? [{ id: check.id, why: verdict.why }] : [],
    ),
    undecided: subject.recorded ? [...UNDECIDED, NOT_RECORDED] : UNDECIDED,
    savings: await savingsOf(subject, options).catch(() => null),
  };
}

/** The first read, after the redirects within its origin. */
async function firstRead(probe: Probe, start: URL): Promise<Sent> {
  let url = start;
  for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects++) {
    const sent = await reach(probe, url);
    const { status, headers } = sent.response;
    if (status === 200) return sent;
    const location = status >= 300 && status < 400 ? field(headers, 'location') : null;
    if (location === null) throw new Inconclusive(`GET ${url} is answered ${status}: ${adviceOn(status)}.`);
    const next = URL.canParse(location, url) ? new URL(location, url) : null;
    if (next === null) throw new Inconclusive(`GET ${url} redirects to ${location}, which is not a URL.`);
    if (next.origin !== url.origin) throw new Inconclusive(`GET ${url} redirects to ${next}: audit that URL.`);
    url = next;
  }
  throw new Inconclusive(`GET ${start} redirects more than ${MOST_REDIRECTS} times.`);
}

/** What to do about a status other than 200. */
function adviceOn(status: number): string {
  return status === 401 || status === 403 ? "give credentials with -H 'Authorization: …'" : 'only a 200 can be audited';
}

// https://nodejs.org/api/tls.html#x509-certificate-error-codes
/** What to do about a connection that cannot be made, by the code of its error. */
const CONNECTION_ADVICE: readonly [code: RegExp, advice: string][] = [
  [/^ECONNREFUSED$/, 'Nothing listens there: is the server running, and the port right?'],
  [/^(ENOTFOUND|EAI_AGAIN)$/, 'No address is known for that name: is it spelt right?'],
  [
    /^(CERT_|ERR_TLS_CERT|DEPTH_ZERO_SELF_SIGNED|SELF_SIGNED|UNABLE_TO_(GET_ISSUER|VERIFY))/,
    'Its certificate is not trusted: --cacert names one that is, --insecure takes any.',
  ],
  [/^(ERR_SSL_|EPROTO$)/, 'It does not speak TLS: is it http instead of https?'],
];

/** What failed about a connection, and what to do about it. */
function connectionFailure({ message, cause }: Error): string {
  const { code = '' } = (cause ?? {}) as NodeJS.ErrnoException;
  const [, advice] = CONNECTION_ADVICE.find(([pattern]) => pattern.test(code)) ?? [];
  return advice === undefined ? message : `${message}. ${advice}`;
}

async function reach(probe: Probe, url: URL): Promise<Sent> {
  const headers: FieldLine[] = [['Accept-Encoding', 'identity']];
  try {
    return await probe.send(url, { method: 'GET', path: url.pathname + url.search, headers });
  } catch (error) {
    throw new Inconclusive(connectionFailure(error as Error), { cause: error });
  }
}

interface Result {
  readonly check: Check;
  readonly verdict: Verdict;
}

/** One check after another: those that write come last, and none disturbs another. */
async function runAll(subject: Subject, options: AuditOptions): Promise<Result[]> {
  const selected = checks.filter(({ id }) => isSelected(id, options));
  const results: Result[] = [];
  for (const check of selected) {
    results.push({ check, verdict: await verdictOf(check, subject) });
  }
  return results;
}

async function verdictOf(check: Check, subject: Subject): Promise<Verdict> {
  if (check.isLive && subject.recorded) return skipped('What it looks at is not in a recording.');
  try {
    return await check.run(subject);
  } catch (error) {
    return { kind: 'skipped', why: (error as Error).message };
  }
}

function findingsOf(results: readonly Result[], servers: readonly Server[], settings: Settings): Finding[] {
  const findings = results.flatMap(({ check, verdict }): Finding[] => {
    if (verdict.kind !== 'failed') return [];
    const { id, title, section, severity, fix, curl } = check;
    const { expected, seen, sent } = verdict;
    const configuration = configurationOf(id, servers);
    const requests = sent.map((one) => curlLine(one, settings, curl));
    const exchanges = sent.map(exchangeOf);
    const rule = { id, url: `${DOCS}#${id}`, title, section, severity };
    return [{ ...rule, expected, seen, fix, configuration, requests, exchanges }];
  });
  return findings.sort((a, b) => severities.indexOf(a.severity) - severities.indexOf(b.severity));
}

function hopsOf({ response }: Sent): string[] {
  return HOP_FIELDS.flatMap((name) => {
    const value = field(response.headers, name);
    return value === null ? [] : [`${name}: ${value}`];
  });
}

/** What a browser saves by a 304. */
async function savingsOf(subject: Subject, { clients, interval }: AuditOptions): Promise<Savings | null> {
  if (!subject.tag) return null;
  const notModified = await hitOf(subject);
  if (notModified.response.status !== 304) return null;
  const full = await subject.read([['Accept-Encoding', OF_BROWSERS]]);
  const measured = { full: full.response.received, notModified: notModified.response.received };
  // A recording does not always say how many bytes there were.
  if (measured.full === 0 || measured.notModified === 0) return null;
  return { ...measured, perDay: savedPerDay(measured, clients, interval) };
}
