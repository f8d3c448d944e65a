/** What the key of a model is: text, as it is given, without NUL; an integer, of 32 bits; a UUID or an ObjectId, in lower case. */
export type KeyType = 'text' | 'integer' | 'uuid' | 'objectId';

/** A key as the model has it. */
export type RowKey = string | number;

/** The key as a model has it; null for text that is not the key of any row: `07` is not 7. */
export function keyOf(key: string, type: KeyType): RowKey | null {
  // PostgreSQL has no NUL, and Sequelize sends another key for one.
  if (type === 'text') return key.includes('\0') ? null : key;
  if (type === 'uuid') return /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/.test(key) ? key : null;
  if (type === 'objectId') return /^[\da-f]{24}$/.test(key) ? key : null;
  return /^(0|-?[1-9]\d*)$/.test(key) && (Number(key) | 0) === Number(key) ? Number(key) : null;
}
