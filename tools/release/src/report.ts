/** Takes the name of something that was tried, whether it went well, and what to show if it did not. */
export type Report = (name: string, isOk: boolean, output?: string) => void;

/**
 * Prints a line for what was tried; the process ends with 1 if anything did not go well.
 *
 * @param name - what was tried
 * @param isOk - whether it went well
 * @param output - what to show if it did not
 */
export const report: Report = (name, isOk, output = '') => {
  console.log(`${isOk ? 'ok  ' : 'FAIL'} ${name}`);
  if (isOk) return;
  process.exitCode = 1;
  console.log(output);
};
