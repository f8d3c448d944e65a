declare module 'fresh' {
  export default function fresh(
    requestHeaders: Readonly<Record<string, string>>,
    responseHeaders: Readonly<Record<string, string>>,
  ): boolean;
}

declare module 'etag' {
  export default function etag(entity: string | Buffer): string;
}
