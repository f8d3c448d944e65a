import { subscribe } from 'node:diagnostics_channel';
import type { DecisionEvent } from '@etag/core';
import type { Meter } from '@opentelemetry/api';

/**
 * Counts what was decided, by status, field and reason, and the bytes that were saved.
 *
 * @param meter - of the application
 */
export function countDecisions(meter: Meter): void {
  const decisions = meter.createCounter('etag.decisions', { description: 'Conditional requests by what was decided' });
  const saved = meter.createCounter('etag.bytes_saved', { unit: 'By', description: 'Content that a 304 saved' });
  subscribe('etag:decision', (message) => {
    const { method, route, status, field, reason, bytesSaved } = message as DecisionEvent;
    const at = { 'http.request.method': method, ...(route !== null && { 'http.route': route }) };
    decisions.add(1, {
      ...at,
      ...(status !== null && { 'http.response.status_code': status }),
      ...(field !== null && { 'etag.field': field }),
      'etag.reason': reason,
    });
    if (bytesSaved) saved.add(bytesSaved, at);
  });
}
