/** The names of fields that say who asks. */
const CREDENTIALS = /auth|cookie|token|secret|key|session|passw|signature|credential/i;

/** Whether a field of a request is likely to say who asks: reports leave its value out, and strangers do not send it. */
export function isCredential(name: string): boolean {
  return CREDENTIALS.test(name);
}
