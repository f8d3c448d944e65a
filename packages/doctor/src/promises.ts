/** What an OpenAPI document says that an endpoint does with conditional requests. */
export interface Promises {
  /** GET answers 200 with ETag. */
  readonly tag: boolean;
  /** GET answers 200 with Last-Modified. */
  readonly modified: boolean;
  /** GET takes If-None-Match or If-Modified-Since, or answers 304. */
  readonly notModified: boolean;
  /** PUT answers 412, or takes If-Match. */
  readonly refusal: boolean;
  /** PUT answers 428. */
  readonly requirement: boolean;
}
