import type { Scenario } from './scenario.ts';
import { codingScenarios } from './scenarios/coding.ts';
import { contentScenarios } from './scenarios/content.ts';
import { framingScenarios } from './scenarios/framing.ts';
import { refusalScenarios } from './scenarios/refusal.ts';
import { rewrittenScenarios } from './scenarios/rewritten.ts';
import { stateScenarios } from './scenarios/state.ts';
import { streamScenarios } from './scenarios/stream.ts';

/** What a server does beyond single requests. */
export const scenarios: Scenario[] = [
  ...contentScenarios,
  ...stateScenarios,
  ...codingScenarios,
  ...refusalScenarios,
  ...framingScenarios,
  ...rewrittenScenarios,
  ...streamScenarios,
];
