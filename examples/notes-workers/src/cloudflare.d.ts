// What this example uses of Cloudflare's runtime. A Worker of your own has all of it from @cloudflare/workers-types, which
// does not go together with the DOM types of this repository.

declare module 'cloudflare:workers' {
  export abstract class DurableObject {
    constructor(ctx: DurableObjectState, env: unknown);
    protected ctx: DurableObjectState;
  }

  export interface DurableObjectState {
    readonly storage: DurableObjectStorage;
  }

  export interface DurableObjectStorage {
    readonly sql: { exec(sql: string, ...params: unknown[]): SqlCursor };
    transactionSync<R>(step: () => R): R;
  }

  export interface SqlCursor {
    toArray(): Record<string, string | number | null>[];
    raw(): Iterable<unknown[]>;
  }

  export interface DurableObjectNamespace {
    getByName(name: string): { fetch(request: Request): Promise<Response> };
  }
}
