import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** Stands between clients and a server on loopback, and breaks what it is told to. */
export interface Proxy {
  readonly port: number;
  /** How many answers were lost so far. */
  readonly lost: number;
  /**
   * Loses answers: a request is passed on, the server's answer to it is not, and the client's connection is reset: of a
   * client that does not wait for each answer before it sends on, all that are under way.
   *
   * @param times - of how many requests
   * @param matches - of which ones, by the bytes as they arrive
   */
  loseAnswers(times: number, matches?: (bytes: Buffer) => boolean): void;
  /** Resets all connections; new ones are let in. */
  cut(): void;
  /**
   * Passes nothing on, in either direction.
   *
   * @returns a function that lets all pass again
   */
  stall(): () => void;
  /** Resets all connections and ends. */
  close(): Promise<void>;
}

/**
 * Starts a proxy before a server on 127.0.0.1.
 *
 * @param target - the server's port
 */
export async function startProxy(target: number): Promise<Proxy> {
  const connections = new Set<Connection>();
  const toLose = { times: 0, matches: (_bytes: Buffer) => true };
  let lost = 0;
  let stalled = false;

  const server = createServer({ noDelay: true }, (client) => {
    const upstream = connect({ port: target, host: '127.0.0.1', noDelay: true });
    const connection = { client, upstream };
    connections.add(connection);
    let losing = false;
    client.on('data', (bytes) => {
      if (!losing && toLose.times > 0 && toLose.matches(bytes)) {
        toLose.times--;
        losing = true;
      }
      upstream.write(bytes);
    });
    upstream.on('data', (bytes) => {
      if (!losing) return client.write(bytes);
      lost++;
      reset(connection);
    });
    client.on('error', () => {}).on('close', () => upstream.destroy());
    upstream.on('error', () => reset(connection)).on('end', () => client.end());
    upstream.on('close', () => connections.delete(connection));
    if (stalled) pause(connection);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  const cut = () => connections.forEach(reset);
  return {
    port: (server.address() as AddressInfo).port,
    get lost() {
      return lost;
    },
    loseAnswers(times, matches = () => true) {
      Object.assign(toLose, { times, matches });
    },
    cut,
    stall() {
      stalled = true;
      connections.forEach(pause);
      return () => {
        stalled = false;
        connections.forEach(resume);
      };
    },
    async close() {
      const closed = once(server, 'close');
      server.close();
      cut();
      await closed;
    },
  };
}

interface Connection {
  readonly client: Socket;
  readonly upstream: Socket;
}

function reset({ client, upstream }: Connection): void {
  // A socket that is shutting down cannot be reset: Node would neither close it nor let the process end.
  if (client.writableEnded) client.destroy();
  else client.resetAndDestroy();
  upstream.destroy();
}

function pause({ client, upstream }: Connection): void {
  client.pause();
  upstream.pause();
}

function resume({ client, upstream }: Connection): void {
  client.resume();
  upstream.resume();
}
