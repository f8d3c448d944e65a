import { plainAnswer, requestFields, stateOf, streamAnswer } from '@etag/conformance';
import type { Application, AppRequest, Compression, Reply } from './application.ts';

/**
 * The fixture of the conformance suite.
 *
 * @param compression - where the framework's own compression stands
 * @returns what an adapter boots for `runConformance`
 */
export function conformanceApplication(compression: Compression): Application {
  return {
    compression,
    before: ({ url }) => ({ request: requestFields(url) }),
    resources: [
      { path: '/state', current: ({ url }) => stateOf(url), handle: plain },
      { path: '/content', handle: plain },
      ...['/events', '/stream', '/large'].map((path) => ({ path, handle: ({ url }: AppRequest) => streamAnswer(url) })),
    ],
  };
}

function plain(request: AppRequest): Reply {
  const { content, ...head } = plainAnswer(request, request.url);
  return { ...head, ...(content && { bytes: content }) };
}
