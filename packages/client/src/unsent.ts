// What Node says where no connection was made: nothing was sent.
const UNSENT = /^(EAI_AGAIN|ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|UND_ERR_CONNECT_TIMEOUT)$/;

/** Whether what fetch threw says that nothing was sent. */
export function isUnsent(error: unknown): boolean {
  const { cause } = Object(error) as { cause?: { code?: unknown } };
  return UNSENT.test(String(cause?.code));
}
