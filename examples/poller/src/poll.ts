import { serveFeeds } from './server.ts';

const FEEDS = 20;

/**
 * Polls all feeds in rounds.
 *
 * @param read - fetch, or a client in its place
 * @returns the bytes that the server had sent after each round, what it counted, and the content of the last round
 */
export async function poll(read: (url: string) => Promise<Response>, rounds: number) {
  const server = await serveFeeds();
  const urls = Array.from({ length: FEEDS }, (_, feed) => `${server.url}/feeds/${feed}`);
  const sent: number[] = [];
  let contents: string[] = [];
  for (let round = 0; round < rounds; round++) {
    contents = await Promise.all(urls.map(async (url) => (await read(url)).text()));
    sent.push(server.sentBytes());
  }
  await server.close();
  return { sent, contents, count: server.count };
}
