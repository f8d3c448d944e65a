// What this example uses of Cloudflare's runtime. A Worker of your own has all of it from @cloudflare/workers-types, which
// does not go together with the DOM types of this repository.

declare module 'cloudflare:workers' {
  export abstract class DurableObject {
    constructor(ctx: DurableObjectState, env: unknown);
    protected ctx: DurableObjectState;
  }

  export interface DurableObjectState {
    readonly storage: { readonly sql: SqlStorage };
  }

  export interface SqlStorage {
    exec(sql: string, ...params: unknown[]): { toArray(): Record<string, string | number | null>[] };
  }

  export interface DurableObjectNamespace {
    getByName(name: string): { fetch(request: Request): Promise<Response> };
  }
}
