/** A mutant that no test notices, and why none should. */
export interface Survivor {
  /** From the folder of the packages: `core/src/range.ts`. */
  readonly file: string;
  /** The line that the mutant changes, without its indent. */
  readonly line: string;
  /** What stands in place of a part of it. */
  readonly to: readonly string[];
  readonly reason: string;
}

const FASTER = 'A shorter way to the same answer.';
const TYPES = 'Only the compiler needs it: what follows says the same of null.';
const NO_MATTER = 'Any text that says nothing will do.';

/** What is left of the mutants of Stryker. Each does what the source does, or differs where a test cannot look. */
export const SURVIVORS: readonly Survivor[] = [
  {
    file: 'core/src/errors.ts',
    line: 'Object.assign(this, answer, { [BRAND]: true });',
    to: ['false'],
    reason: 'The mark counts, whatever it is: `isEtagError` asks whether it is there.',
  },
  {
    file: 'core/src/expectation.ts',
    line: "const since = ifMatch ? null : parseHttpDate(fieldValue(request.headers, 'if-unmodified-since') ?? '');",
    to: ['"Stryker was here!"'],
    reason: NO_MATTER,
  },
  {
    file: 'core/src/fail-open.ts',
    line: 'if (timeout > LONGEST_DELAY) return Promise.resolve(result);',
    to: ['timeout >= LONGEST_DELAY'],
    reason: 'A timer of 24 days against none.',
  },
  {
    file: 'core/src/failure.ts',
    line: "const list = fieldValue(headers, field) ?? '';",
    to: ['"Stryker was here!"'],
    reason: 'A field that failed was sent.',
  },
  {
    file: 'core/src/respond.ts',
    line: 'const isRefusal = answer.status >= 400;',
    to: ['answer.status > 400'],
    reason: 'No answer is a 400.',
  },
  {
    file: 'core/src/respond.ts',
    line: 'const isSent = field !== null && fieldValue(request.headers, field) !== null;',
    to: ['true'],
    reason: TYPES,
  },
  {
    file: 'core/src/respond.ts',
    line: "const current = outcome.kind === 'missing' ? null : outcome.current;",
    to: ['false', '""'],
    reason: TYPES,
  },
  {
    file: 'core/src/read.ts',
    line: "const date = tag && !comparesDates(request.headers) ? null : headers.get('last-modified');",
    to: ['false'],
    reason: 'The date is read where nothing is compared with it: it only takes time.',
  },
  {
    file: 'core/src/expectation.ts',
    line: 'const tags = value === null ? null : parseEntityTagList(value);',
    to: ['false'],
    reason: TYPES,
  },
  {
    file: 'core/src/entity-tag-list.ts',
    line: 'if (close < 0 || !isFormEnd(fieldValue.slice(at + stem.length, close))) continue;',
    to: ['close <= 0'],
    reason: 'Another quote comes before each that closes a tag.',
  },
  {
    file: 'core/src/entity-tag-list.ts',
    line: 'const close = fieldValue.length - 1;',
    to: ['fieldValue.length + 1'],
    reason: FASTER,
  },
  {
    file: 'core/src/entity-tag-list.ts',
    line: "const isAlone = first === (isWeak(fieldValue as EntityTag) ? 2 : 0) && fieldValue.indexOf('\"', first + 1) === close;",
    to: ['false', '""', 'first - 1'],
    reason: FASTER,
  },
  {
    file: 'core/src/entity-tag-list.ts',
    line: 'if (!isAlone) return findInList(fieldValue, tag, first);',
    to: ['true'],
    reason: FASTER,
  },
  {
    file: 'core/src/entity-tag-list.ts',
    line: "if (fieldValue.length === tag.length) return 'none';",
    to: ['false'],
    reason: FASTER,
  },
  {
    file: 'core/src/if-match.ts',
    line: 'if (fieldValue === tag && !isWeak(tag)) return MATCHED;',
    to: ['false'],
    reason: FASTER,
  },
  {
    file: 'core/src/if-match.ts',
    line: 'const listed = findInList(fieldValue, tag ?? \'""\');',
    to: ['""'],
    reason: 'Where there is no tag, it only matters whether the list is malformed.',
  },
  {
    file: 'core/src/if-none-match.ts',
    line: 'const listed = (read ? findInListOfRead : findInList)(fieldValue, tag ?? \'""\');',
    to: ['""'],
    reason: 'Where there is no tag, it only matters whether the list is malformed.',
  },
  {
    file: 'core/src/http-date.ts',
    line: '(day < 29 || new Date(days * DAY).getUTCDate() === day) &&',
    to: ['false'],
    reason: FASTER,
  },
  {
    file: 'core/src/http-date.ts',
    line: 'const parts = /^(...) (...) (.)(.) (.{8}) (....)$/.exec(text);',
    to: ['/(...) (...) (.)(.) (.{8}) (....)$/', '/^(...) (...) (.)(.) (.{8}) (....)/'],
    reason: 'The text is as long as the pattern.',
  },
  {
    file: 'core/src/http-date.ts',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a line of the source, as it stands there
    line: 'parseImfFixdate(`${dayName?.slice(0, 3)}, ${day} ${month} ${century}${yearOfCentury} ${time}`);',
    to: ['dayName.slice'],
    reason: TYPES,
  },
  {
    file: 'core/src/http-date.ts',
    line: 'return ms !== null && ms > limit.getTime() ? inCentury(century - 1) : ms;',
    to: ['true'],
    reason: 'What is no date is none in another century either.',
  },
  {
    file: 'core/src/http-date.ts',
    line: 'if (fieldValue === lastValue) return lastTime;',
    to: ['false'],
    reason: FASTER,
  },
  {
    file: 'core/src/http-date.ts',
    line: 'if (length < 24 || length > 33) return null;',
    to: ['false', 'length < 24 && length > 33'],
    reason: FASTER,
  },
  {
    file: 'core/src/http-date.ts',
    line: 'if (second === lastSecond) return lastFormatted;',
    to: ['false'],
    reason: FASTER,
  },
  {
    file: 'core/src/http-date.ts',
    line: 'const day = Math.floor(second / 86_400);',
    to: ['second * 86_400'],
    reason: 'It stands for the day, and is only compared with that of another second.',
  },
  {
    file: 'core/src/http-date.ts',
    line: 'day === lastDay',
    to: ['false'],
    reason: FASTER,
  },
  {
    file: 'core/src/not-modified.ts',
    line: "if (CONTENT_POLICY.test(name) && NONCE.test(headers.get(name) ?? '')) headers.delete(name);",
    to: ['"Stryker was here!"'],
    reason: 'A field that has a name has a value.',
  },
  {
    file: 'core/src/range.ts',
    line: 'if (range === null || completeLength === 0) return FULL;',
    to: ['false'],
    reason: TYPES,
  },
  {
    file: 'core/src/response-coding.ts',
    line: "const tag = parseEntityTag(headers.get('etag') ?? '');",
    to: ['"Stryker was here!"'],
    reason: NO_MATTER,
  },
  {
    file: 'core/src/response-head.ts',
    line: "const text = fieldValue?.toLowerCase() ?? '';",
    to: ['"Stryker was here!"'],
    reason: NO_MATTER,
  },
  {
    file: 'core/src/validators.ts',
    line: "if (own !== null && !tag) headers.delete('etag');",
    to: ['true'],
    reason: 'To delete what is not there does nothing.',
  },
  {
    file: 'core/src/version-tag.ts',
    line: '} catch {',
    to: ['{}'],
    reason: 'Neither undefined nor any text makes the tag that was sent: the last line compares.',
  },
  {
    file: 'core/src/version-tag.ts',
    line: "return '';",
    to: ['"Stryker was here!"'],
    reason: 'Neither undefined nor any text makes the tag that was sent: the last line compares.',
  },
  {
    file: 'core/src/entity-tag.ts',
    line: 'const open = value.charCodeAt(0) === 0x57 && value.charCodeAt(1) === 0x2f ? 2 : 0;',
    to: ['false'],
    reason: 'A weak tag then goes the longer way, to the same answer.',
  },
  {
    file: 'core/src/entity-tag.ts',
    line: 'return tag === lastMade ? (tag as EntityTag) : checkOther(tag);',
    to: ['false'],
    reason: FASTER,
  },
  {
    file: 'core/src/entity-tag.ts',
    line: "const text = typeof tag === 'string' ? tag : '';",
    to: ['"Stryker was here!"'],
    reason: NO_MATTER,
  },
  {
    file: 'core/src/entity-tag.ts',
    line: 'const last = text.length - 2;',
    to: ['text.length + 2'],
    reason: 'Where a tag is remembered only says how soon it is found.',
  },
  {
    file: 'core/src/entity-tag.ts',
    line: 'const place = (31 * text.charCodeAt(last) + text.charCodeAt(last - 1)) & 63;',
    to: ['31 * text.charCodeAt(last) - text.charCodeAt(last - 1)', '31 / text.charCodeAt(last)', 'last + 1'],
    reason: 'Where a tag is remembered only says how soon it is found.',
  },
  {
    file: 'core/src/entity-tag.ts',
    line: 'if (checked[place] === tag) return tag as EntityTag;',
    to: ['false'],
    reason: FASTER,
  },
  {
    file: 'core/src/range.ts',
    line: 'const [, first, last] = RANGE_SPEC.exec(spec) ?? [];',
    to: ['["Stryker was here"]'],
    reason: 'The first element is what matched; nothing reads it.',
  },
  {
    file: 'concurrency/src/batch.ts',
    line: "const rollback = new Error('A write of the batch was refused');",
    to: ['""'],
    reason: 'It ends the transaction, and is caught again: nobody reads it.',
  },
  {
    file: 'concurrency/src/batch.ts',
    line: 'return [...writes.entries()].sort(([a], [b]) => (nameOf(a) < nameOf(b) ? -1 : 1));',
    to: ['nameOf(a) <= nameOf(b)'],
    reason: 'No two keys are the same here.',
  },
  {
    file: 'concurrency/src/batch.ts',
    line: "const { status, body } = respond({ method: 'POST', headers: {} }, outcome, options);",
    to: ['""'],
    reason: 'A refusal that no field asked for says the same to each method.',
  },
  {
    file: 'concurrency/src/compare-and-set.ts',
    line: "const failure = engine.isInTransaction?.() ? 'failed' : engine.failure(isAborted ? new Error('Aborted') : error);",
    to: ['""'],
    reason: 'What is neither a conflict nor unknown is thrown on; an engine only sees that the error is not its own.',
  },
  {
    file: 'concurrency/src/compare-and-set.ts',
    line: 'const isLate = !isRefused && performance.now() - started > PATIENCE_MS;',
    to: ['performance.now() - started >= PATIENCE_MS'],
    reason: 'A clock that stands at the very bound.',
  },
  {
    file: 'concurrency/src/compare-and-set.ts',
    line: 'const [version] = oneOf ?? [];',
    to: ['["Stryker was here"]'],
    reason: 'The last line asks for the length of what there is not.',
  },
  {
    file: 'concurrency/src/compare-and-set.ts',
    line: 'return version !== undefined && oneOf?.length === 1 && nothingElse ? { absent: false, version } : null;',
    to: ['true', 'oneOf.length'],
    reason: TYPES,
  },
  {
    file: 'concurrency/src/history/incarnations.ts',
    line: "const [{ key } = { key: '' }] = creations;",
    to: ['{}', '"Stryker was here!"'],
    reason: 'Where nothing was created, nothing is reported.',
  },
  {
    file: 'concurrency/src/history/lineage.ts',
    line: "for (const [version, { kind, id, key, expected = '' }] of writers) {",
    to: ['"Stryker was here!"'],
    reason: NO_MATTER,
  },
  {
    file: 'concurrency/src/history/lineage.ts',
    line: "const effective = outcome.kind === 'deleted' || (kind === 'update' && versions.has(id));",
    to: ['true'],
    reason: 'Nothing but an update has written a version and expects another.',
  },
  {
    file: 'concurrency/src/history/lineage.ts',
    line: 'if (!effective || expected === undefined) continue;',
    to: ['false'],
    reason: 'An update and a delete expect a version; the compiler does not know.',
  },
  {
    file: 'concurrency/src/history.ts',
    line: "if (outcome.kind === 'stale' && expected !== undefined && within(call, certainly(expected, lineage))) {",
    to: ['true'],
    reason: 'What nobody wrote was never current.',
  },
  {
    file: 'concurrency/src/send-once.ts',
    line: "super('A write is sent once');",
    to: ['""'],
    reason: 'The SDK takes it for an error that it does not know, whatever it says.',
  },
  {
    file: 'concurrency/src/send-once.ts',
    line: 'return status !== undefined && status >= 400 && status < 500;',
    to: ['true'],
    reason: TYPES,
  },
  {
    file: 'concurrency/src/update.ts',
    line: 'const refusal = apply === change ? refusalOf(expectation, current) : null;',
    to: ['true'],
    reason: 'No version repeats: what was stale once is stale again, and is merged as before.',
  },
];
