import type { Api } from './api.ts';

/** Checks one promise of the API, on notes of its own. */
export type Check = (api: Api) => Promise<void>;

/** Checks by what they say. */
export type Checks = Record<string, Check>;
