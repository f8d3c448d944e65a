/** One exchange of an archive. */
export interface Entry {
  /** @default 'GET' */
  readonly method?: string;
  /** The fields of the request. */
  readonly asked?: Readonly<Record<string, string>>;
  /** @default 200 */
  readonly status?: number;
  /** The fields of the response. */
  readonly fields?: Readonly<Record<string, string>>;
  /** The content of the response; null where the archive was saved without it. @default '{}' */
  readonly text?: string | null;
}

const listed = (fields: Readonly<Record<string, string>>) =>
  Object.entries(fields).map(([name, value]) => ({ name, value }));

/** An archive of one URL, as Chromium saves it. */
export function archiveOf(...entries: readonly Entry[]): string {
  return JSON.stringify({
    log: {
      version: '1.2',
      entries: entries.map(({ method = 'GET', asked = {}, status = 200, fields = {}, text = '{}' }) => ({
        time: 12.5,
        request: {
          method,
          url: 'https://api.example/notes/1',
          headers: listed({ ':authority': 'api.example', ...asked }),
        },
        response: {
          status,
          headers: listed(fields),
          headersSize: 200,
          bodySize: status === 304 ? 0 : 1000,
          content: text === null || status === 304 ? {} : { text },
        },
      })),
    },
  });
}
