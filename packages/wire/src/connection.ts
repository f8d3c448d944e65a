import { isIP, type Socket, connect as tcp } from 'node:net';
import { connect as tls } from 'node:tls';

/** Where connections go, and which certificates are good. */
export interface ConnectionOptions {
  /**
   * Where to connect to instead of asking DNS: `{ 'api.example:443': '10.0.0.7' }`, with a port where that is another
   * one too: `10.0.0.7:8443`. Host and the name in the certificate stay those of the URL.
   */
  resolve?: Readonly<Record<string, string>> | undefined;
  /** The certificates of the authorities to trust instead of the well-known ones, as PEM. */
  ca?: string | undefined;
  /** Accepts any certificate. @default false */
  insecure?: boolean | undefined;
}

/** A host and a port. */
export interface Address {
  /** A name or an IP address, without brackets. */
  host: string;
  port: number;
}

const PORTS: Record<string, number> = { 'http:': 80, 'https:': 443 };

/** The host and the port that a URL names. */
function addressOf({ hostname, port, protocol }: URL): Address {
  return { host: hostname.replace(/^\[|\]$/g, ''), port: Number(port || PORTS[protocol]) };
}

// 10.0.0.7, 10.0.0.7:8443, ::1, [::1]:8443, node-1.internal:8443
/** Reads an address; the port is that of `otherwise` where it names none. */
function parseAddress(text: string, otherwise: Address): Address {
  if (isIP(text)) return { host: text, port: otherwise.port };
  const [, host = text, port] = /^\[?(.*?)\]?(?::(\d+))?$/.exec(text) ?? [];
  return { host, port: port === undefined ? otherwise.port : Number(port) };
}

/**
 * Where connections for a URL go.
 *
 * @param url - its scheme, host and port
 * @param resolve - as in `ConnectionOptions`
 * @returns the host and the port to connect to
 */
export function resolved(url: URL, resolve: ConnectionOptions['resolve'] = {}): Address {
  const own = addressOf(url);
  const address = resolve[`${own.host}:${own.port}`];
  return address === undefined ? own : parseAddress(address, own);
}

/** Opens a connection for a URL. It is ready at its `connect` or, with TLS, at its `secureConnect`. */
export function connectTo(url: URL, { resolve, ca, insecure = false }: ConnectionOptions): Socket {
  const address = resolved(url, resolve);
  if (url.protocol === 'http:') return tcp(address);
  const { host } = addressOf(url);
  return tls({
    ...address,
    // RFC 6066 §3: an IP address is not a server name
    ...(isIP(host) ? {} : { servername: host }),
    ALPNProtocols: ['http/1.1'],
    ca,
    rejectUnauthorized: !insecure,
  });
}

/** The event at which a connection for a URL is ready. */
export const readyEvent = ({ protocol }: URL) => (protocol === 'https:' ? 'secureConnect' : 'connect');

/**
 * Reads what a command line says of addresses: `host:port=address`.
 *
 * @param texts - one for each host and port
 * @returns the option `resolve`
 * @throws Error for what reads otherwise
 */
export function parseResolve(texts: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    texts.map((text) => {
      const [, from, to] = /^(.+:\d+)=(.+)$/.exec(text) ?? [];
      if (from === undefined || to === undefined) {
        throw new Error(`Not an address to connect to: ${text}. Write host:port=address.`);
      }
      return [from.replace(/^\[|\](?=:\d+$)/g, ''), to];
    }),
  );
}
