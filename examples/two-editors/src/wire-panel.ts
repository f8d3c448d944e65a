import { element, find } from './element.ts';
import { versionName } from './version-name.ts';
import type { Exchange } from './wire.ts';

const counted = new Intl.NumberFormat('en');

/** Shows exchanges, the newest first, and what the 304s saved. */
export function wirePanel(): (exchange: Exchange) => void {
  const list = find('#exchanges');
  const total = find('#saved');
  const sum = { requests: 0, notModified: 0, saved: 0 };
  return (exchange) => {
    sum.requests++;
    sum.saved += exchange.saved ?? 0;
    if (exchange.status === 304) sum.notModified++;
    total.textContent = `${sum.requests} requests, ${sum.notModified} answered 304, ${counted.format(sum.saved)} bytes of content saved`;
    list.prepend(item(exchange));
  };
}

function item(exchange: Exchange): HTMLLIElement {
  const { editor, method, path, precondition, status, statusText, tag, coding, duration, saved } = exchange;
  const request = precondition ? [tagField(precondition.name, precondition.value)] : [];
  const response = [
    ...(tag ? [tagField('ETag', tag)] : []),
    ...(coding ? [element('span', {}, `Content-Encoding: ${coding}`)] : []),
  ];
  return element(
    'li',
    { className: kind(status) },
    element('span', { className: 'who' }, editor),
    element('code', { className: 'head' }, element('b', {}, `${method} ${path}`), ...request),
    element(
      'code',
      { className: 'head' },
      element('b', {}, status ? `${status} ${statusText}` : 'no answer'),
      ...response,
    ),
    element(
      'span',
      { className: 'cost' },
      `${duration.toFixed(1)} ms`,
      ...(saved === null ? [] : [element('span', {}, `${counted.format(saved)} bytes saved`)]),
    ),
  );
}

/** A field that holds a tag, and the name of its version. */
function tagField(name: string, value: string): HTMLElement {
  const version = value === '*' ? [] : [element('span', { className: 'version' }, versionName(value))];
  return element('span', {}, `${name}: ${value}`, ...version);
}

function kind(status: number): string {
  if (status === 0 || status >= 500) return 'unknown';
  if (status >= 400) return status === 404 ? '' : 'refused';
  return status === 304 ? 'not-modified' : 'ok';
}
