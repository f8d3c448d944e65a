import { expect, it } from 'vitest';
import { scenarios } from './scenarios.ts';
import { rangeVectors, vectors } from './vectors.ts';

it('have unique ids in kebab-case, among the vectors too', () => {
  const ids = [...scenarios, ...vectors, ...rangeVectors].map(({ id }) => id);
  expect(ids.filter((id, index) => ids.indexOf(id) < index)).toEqual([]);
  for (const { id } of scenarios) expect(id).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
});

it('name their section in the title, and say whether the standard asks for them', () => {
  for (const { section, title, kind } of scenarios) {
    expect(title.startsWith(`§${section} `), title).toBe(true);
    expect(['required', 'choice']).toContain(kind);
  }
});

it('survive JSON', () => {
  expect(JSON.parse(JSON.stringify(scenarios))).toStrictEqual(scenarios);
});

it('capture what they refer to before they do', () => {
  for (const { id, steps } of scenarios) {
    const captured = new Set<string>();
    for (const { capture = {}, ...step } of steps) {
      for (const [, name = ''] of JSON.stringify(step).matchAll(/\{([a-z]+)\}/g)) expect(captured, id).toContain(name);
      for (const name of Object.keys(capture)) captured.add(name);
    }
  }
});
