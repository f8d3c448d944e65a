/** Whether UTF-8 can say a text: databases and drivers put another character for a lone surrogate. */
export function isWellFormed(text: string): boolean {
  return (text as string & { isWellFormed(): boolean }).isWellFormed();
}
