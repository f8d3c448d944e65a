import type { Readable } from 'node:stream';

/**
 * Stops whatever produces content that does not go out: the stream, and those that are piped into it. At the end of a response,
 * `pipe()` lets go of its source, and leaves it open.
 *
 * @param producer - a readable stream; of a chain, the last one
 */
export function stopProducer(producer: Readable): void {
  // A failure of what nobody reads is nobody's.
  producer.on('error', () => {});
  // What it is destroyed for reaches the stream before it in no other way.
  producer.on('unpipe', stopProducer);
  producer.destroy();
}
