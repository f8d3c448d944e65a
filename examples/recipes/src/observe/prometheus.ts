import { subscribe } from 'node:diagnostics_channel';
import type { DecisionEvent } from '@etag/core';
import { Counter, type Registry } from 'prom-client';

/**
 * Counts what was decided, by status, field and reason, and the bytes that were saved. Labels hold no more than routes and a few
 * words: no URL, and no tag.
 *
 * @param register - where the counters are
 */
export function countDecisions(register: Registry): void {
  const decisions = new Counter({
    name: 'etag_decisions_total',
    help: 'Conditional requests by what was decided',
    labelNames: ['method', 'route', 'status', 'field', 'reason'],
    registers: [register],
  });
  const saved = new Counter({
    name: 'etag_bytes_saved_total',
    help: 'Bytes of content that a 304 saved',
    labelNames: ['route'],
    registers: [register],
  });
  subscribe('etag:decision', (message) => {
    const { method, route, status, field, reason, bytesSaved } = message as DecisionEvent;
    decisions.inc({ method, route: route ?? '', status: status ?? '', field: field ?? '', reason });
    saved.inc({ route: route ?? '' }, bytesSaved ?? 0);
  });
}
