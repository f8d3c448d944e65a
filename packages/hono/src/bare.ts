import type { TextContent } from '@etag/fetch';

/** A response that knows whether its fields have been read: whoever read them may have changed them. */
type Bare = Response & { readonly isUnseen: boolean };

type BareClass = new (...init: ConstructorParameters<typeof Response>) => Bare;

/** The class of bare responses, and the one that it was made of: @hono/node-server replaces the global one. */
let known: { readonly Base: typeof Response; readonly Bare: BareClass } | undefined;

/**
 * Makes a response that has its type and no other field. A runtime writes the fields that a response is made with for much
 * less than those that are set on it: as long as nobody has looked at it, it can be made anew, with its tag.
 */
export function bareResponse({ content, type }: TextContent): Response {
  if (known?.Base !== Response) known = { Base: Response, Bare: bareClass(Response) };
  return new known.Bare(content, { headers: { 'content-type': type } });
}

/** Whether a response is bare, and nobody has looked at its fields. */
export function isUnseen(response: Response): boolean {
  return (response as Partial<Bare>).isUnseen === true;
}

function bareClass(Base: typeof Response): BareClass {
  return class extends Base {
    isUnseen = true;

    override get headers(): Headers {
      this.isUnseen = false;
      return super.headers;
    }
  };
}
