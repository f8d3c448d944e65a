// What Node says where no connection was made, or the server has no certificate to be trusted: nothing was sent.
const UNSENT = /^E(AI_AGAIN|CONNREFUSED|(HOST|NET)UNREACH|NOTFOUND)$|_CONNECT_TIMEOUT$|CERT/;

/** Whether what fetch threw says that nothing was sent. */
export function isUnsent(error: unknown): boolean {
  return UNSENT.test(`${(error as { cause?: { code?: unknown } } | null)?.cause?.code}`);
}
