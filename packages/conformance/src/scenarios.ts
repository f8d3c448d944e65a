import type { Scenario } from './scenario.js';
import { codingScenarios } from './scenarios/coding.js';
import { contentScenarios } from './scenarios/content.js';
import { stateScenarios } from './scenarios/state.js';
import { streamScenarios } from './scenarios/stream.js';

/** What a server does beyond single requests. */
export const scenarios: Scenario[] = [...contentScenarios, ...stateScenarios, ...codingScenarios, ...streamScenarios];
