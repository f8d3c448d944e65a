/** Whether text is the decimal form of an integer of so many bits: no sign but a minus, no zeros before it. */
export function isIntegerOf(bits: number, text: string): boolean {
  if (!/^(0|-?[1-9]\d{0,19})$/.test(text)) return false;
  const integer = BigInt(text);
  return BigInt.asIntN(bits, integer) === integer;
}

/** Whether text is a UUID in the form in which databases give one. */
export function isUuid(text: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text);
}
