import { Invalidations } from './invalidations.ts';
import { sectionIn } from './key.ts';
import type { ResponseStore, StoredResponse } from './port.ts';

/** How much a store in memory may take. */
export interface MemoryStoreOptions {
  /** The bytes of content and metadata, roughly; what was not used for the longest time goes first. @default 64 MiB */
  maxBytes?: number | undefined;
}

interface Stored {
  readonly response: StoredResponse;
  readonly payload: Uint8Array;
}

interface Resource {
  readonly variants: readonly Stored[];
  readonly bytes: number;
}

/**
 * A store in the memory of one process, bounded: the least recently used goes first.
 *
 * @param options - `maxBytes`
 * @returns the store
 * @throws RangeError when `maxBytes` is not a positive number
 */
export function memoryStore(options?: MemoryStoreOptions): ResponseStore {
  const { maxBytes = 64 * 1024 * 1024 } = options ?? {};
  if (!(maxBytes > 0)) throw new RangeError(`maxBytes ${maxBytes} is not a positive number`);
  // A Map keeps the order of insertion: what was used is inserted again, so the first one is the least recently used.
  const resources = new Map<string, Resource>();
  const deleted = new Invalidations();
  let bytes = 0;
  let newest: string | undefined;

  function forget(key: string): void {
    bytes -= resources.get(key)?.bytes ?? 0;
    resources.delete(key);
  }

  function keep(key: string, variants: readonly Stored[]): void {
    const resource = { variants, bytes: sizeOf(key, variants) };
    if (variants.length === 0 || resource.bytes > maxBytes) {
      forget(key);
      return;
    }
    const before = resources.get(key);
    if (!before) newest = key;
    bytes += resource.bytes - (before?.bytes ?? 0);
    resources.set(key, resource);
    for (const oldest of resources.keys()) {
      if (bytes <= maxBytes) break;
      forget(oldest);
    }
  }

  return {
    list(key) {
      const resource = resources.get(key);
      if (!resource) return [];
      if (key !== newest) {
        resources.delete(key);
        resources.set(key, resource);
        newest = key;
      }
      return resource.variants.map(({ response }) => response);
    },
    payload(key, id) {
      const variants = resources.get(key)?.variants ?? [];
      return variants.find(({ response }) => response.id === id)?.payload ?? null;
    },
    put(key, response, payload, replaces) {
      if (deleted.isVoid(key, response.requested)) return;
      const others = (resources.get(key)?.variants ?? []).filter(({ response }) => !replaces.includes(response.id));
      keep(key, [...others, { response, payload }]);
    },
    freshen(key, response) {
      const variants = resources.get(key)?.variants ?? [];
      keep(
        key,
        variants.map((stored) => (stored.response.id === response.id ? { ...stored, response } : stored)),
      );
    },
    delete(key) {
      deleted.add(key);
      forget(key);
    },
    clear(section) {
      deleted.add(section);
      for (const key of resources.keys()) if (sectionIn(key) === section) forget(key);
    },
  };
}

/** What an object with its properties takes beside its strings, and a Map for its entry; measured on V8. */
const OVERHEAD_BYTES = 1024;

function sizeOf(key: string, variants: readonly Stored[]): number {
  let bytes = OVERHEAD_BYTES + key.length;
  for (const { response, payload } of variants) {
    bytes += OVERHEAD_BYTES + payload.byteLength;
    for (const name in response.headers) bytes += name.length + (response.headers[name]?.length ?? 0);
    for (const name in response.selecting) bytes += name.length + (response.selecting[name]?.length ?? 0);
  }
  return bytes;
}
