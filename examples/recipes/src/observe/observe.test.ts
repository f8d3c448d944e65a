import { etag, precondition } from '@etag/hono';
import { DataPointType, MeterProvider, MetricReader } from '@opentelemetry/sdk-metrics';
import { Hono } from 'hono';
import { Registry } from 'prom-client';
import { expect, it } from 'vitest';
import * as openTelemetry from './opentelemetry.ts';
import * as prometheus from './prometheus.ts';

class Reader extends MetricReader {
  protected override async onForceFlush(): Promise<void> {}
  protected override async onShutdown(): Promise<void> {}
}

const app = new Hono();
app.use(etag());
app.get('/notes/:id', (c) => c.text('hello'));
app.put('/notes/:id', precondition({ current: () => ({ etag: '"v7"' }) }), (c) => c.text('saved'));

/** A 200, a 304, and a write with a tag that a proxy weakened. */
async function ask(): Promise<void> {
  const first = await app.request('/notes/1');
  await app.request('/notes/1', { headers: { 'If-None-Match': first.headers.get('etag') ?? '' } });
  await app.request('/notes/1', { method: 'PUT', headers: { 'If-Match': 'W/"v7"' } });
}

it('Prometheus counts decisions and bytes', async () => {
  const register = new Registry();
  prometheus.countDecisions(register);
  await ask();
  const lines = (await register.metrics()).split('\n');
  expect(lines).toContain(
    'etag_decisions_total{method="GET",route="/notes/:id",status="304",field="if-none-match",reason="matched"} 1',
  );
  expect(lines).toContain(
    'etag_decisions_total{method="PUT",route="/notes/:id",status="412",field="if-match",reason="weak"} 1',
  );
  expect(lines).toContain('etag_bytes_saved_total{route="/notes/:id"} 5');
});

it('OpenTelemetry counts decisions and bytes', async () => {
  const reader = new Reader();
  openTelemetry.countDecisions(new MeterProvider({ readers: [reader] }).getMeter('test'));
  await ask();
  const { resourceMetrics } = await reader.collect();
  const metrics = resourceMetrics.scopeMetrics.flatMap(({ metrics }) => metrics);
  const points = (name: string) =>
    metrics.flatMap((metric) =>
      metric.descriptor.name === name && metric.dataPointType === DataPointType.SUM
        ? metric.dataPoints.map(({ attributes, value }) => ({ ...attributes, value }))
        : [],
    );
  expect(points('etag.decisions')).toContainEqual({
    'http.request.method': 'PUT',
    'http.route': '/notes/:id',
    'http.response.status_code': 412,
    'etag.field': 'if-match',
    'etag.reason': 'weak',
    value: 1,
  });
  expect(points('etag.bytes_saved')).toEqual([{ 'http.request.method': 'GET', 'http.route': '/notes/:id', value: 5 }]);
});
