import { once } from 'node:events';
import { connect } from 'node:net';

const LONGEST_MS = 2_000;

/**
 * Sends bytes to a server on loopback, and reads until the answer is one that was waited for.
 *
 * @param request - what to send; empty for servers that speak first
 * @param answer - what the answer, as latin1, has to match
 * @returns all that was read
 * @throws when the connection is refused or ends, or after 2 s without a byte, with what was read in the message
 */
export function ask(port: number, request: string | Uint8Array, answer: RegExp): Promise<string> {
  return new Promise((resolve, reject) => {
    let read = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(request));
    const fail = (why: string) => {
      socket.destroy();
      reject(new Error(`127.0.0.1:${port} ${why}; it said ${JSON.stringify(read)}`));
    };
    socket.setEncoding('latin1');
    socket.setTimeout(LONGEST_MS, () => fail('does not answer'));
    socket.on('error', (error) => fail(`fails: ${error.message}`));
    socket.on('close', () => fail('closed the connection'));
    socket.on('data', (chunk) => {
      read += chunk;
      if (!answer.test(read)) return;
      resolve(read);
      socket.destroy();
    });
  });
}

/** Rejects when nobody listens on a port of loopback. */
export async function listens(port: number): Promise<void> {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  socket.destroy();
}
