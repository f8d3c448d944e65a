const TITLES = { 400: 'Bad Request', 404: 'Not Found', 413: 'Content Too Large' };

type Status = keyof typeof TITLES;

/** Thrown for what the client got wrong; its message is for the client. */
export class ProblemError extends Error {
  readonly status: Status;

  constructor(status: Status, message: string, options?: ErrorOptions) {
    super(message, options);
    this.status = status;
  }
}

/**
 * The problem details (RFC 9457) of what the client got wrong.
 *
 * @param error - of ours, or of a framework or its body parser, which give it a status as well
 * @returns null for any other error
 */
export function problemOf(error: unknown) {
  const { status, statusCode = status, message } = Object(error) as ProblemError & { statusCode?: Status };
  return statusCode in TITLES ? { title: TITLES[statusCode], status: statusCode, detail: message } : null;
}
