/** @throws TypeError for undefined, a function or a symbol, which JSON does not have */
export function toJson(value: unknown): string {
  const json = JSON.stringify(value) as string | undefined;
  if (json === undefined) throw new TypeError(`${String(value)} is not a JSON value`);
  return json;
}
