/** What a store knows of the current state when it evaluates an expectation. */
export interface CurrentVersion {
  /** Names this state of the key and never another one; opaque to everybody but the store. */
  readonly version: string;
  /** When it was last written, in ms since the epoch; absent where the store does not keep it. */
  readonly modified?: number | undefined;
}
