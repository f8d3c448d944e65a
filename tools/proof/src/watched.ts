/** Runs something, and collects what nobody caught meanwhile. */
export async function watched<T>(run: () => Promise<T>): Promise<{ ran: T; uncaught: string[] }> {
  const uncaught: string[] = [];
  const note = (error: unknown) => void uncaught.push(`nobody caught ${error}`);
  const log = console.error;
  // Frameworks say what failed; here all of it is meant to.
  console.error = () => {};
  process.on('unhandledRejection', note).on('uncaughtException', note);
  try {
    const ran = await run();
    await new Promise((resolve) => setTimeout(resolve, 100));
    return { ran, uncaught };
  } finally {
    process.off('unhandledRejection', note).off('uncaughtException', note);
    console.error = log;
  }
}
