/** What a history shows that no store may do. */
export interface Violation {
  /**
   * - `duplicate`: one version was given to two writes
   * - `twice`: one write took effect twice
   * - `phantom`: a write that was refused, or that nobody sent, took effect
   * - `fork`: two writes replaced the same version, or two creations found nothing
   * - `gap`: a write replaced a version that was never written
   * - `inversion`: a state was seen after another had replaced it, or before it was written: an acknowledged write is lost
   * - `false-conflict`: a write was refused although what it expected was there all the while
   */
  readonly kind: 'duplicate' | 'twice' | 'phantom' | 'fork' | 'gap' | 'inversion' | 'false-conflict';
  readonly key: string;
  readonly message: string;
}
