// Which targets serve a model, and that sensitive data has none in the cloud.
import { describe, expect, it } from 'vitest';
import type { Catalogue } from '../../src/routing/choose.ts';
import { candidatesFor } from '../../src/routing/choose.ts';
import type { Backend } from '../../src/routing/target.ts';
import { mayReach } from '../../src/routing/target.ts';

const backend = (name: string, zone: Backend['zone']): Backend => ({
  name,
  provider: 'compatible',
  url: 'http://x',
  zone,
  secret: null,
});
const model = (name: string, ...targets: [string, string][]) => ({
  name,
  createdAtMs: 0,
  targets: targets.map(([at, as]) => ({ backend: at, model: as })),
});
const backends = [backend('lan', 'on_prem'), backend('far', 'cloud'), backend('near', 'on_prem')];
const models = [
  model('small', ['far', 'f'], ['lan', 'l'], ['near', 'n']),
  model('far-only', ['far', 'f']),
  model('gone', ['removed', 'x']),
  model('lan/small', ['near', 'aliased']),
  model('constructor', ['lan', 'c']),
];
const catalogue: Catalogue = {
  models: new Map(models.map((item) => [item.name, item])),
  backends: new Map(backends.map((item) => [item.name, item])),
};
const chosen = (name: string, dataClass: 'sensitive' | 'non_sensitive') =>
  candidatesFor(catalogue, name, dataClass).map(
    ({ target, passedOver }) =>
      `${target.backend.name}/${target.model}${passedOver === null ? '' : ` ${passedOver}`}`,
  );

describe('a model', () => {
  it('has its targets in the order they were declared', () => {
    expect(chosen('small', 'non_sensitive')).toEqual(['far/f', 'lan/l', 'near/n']);
  });

  it('has its cloud targets passed over for sensitive data, and says why', () => {
    expect(chosen('small', 'sensitive')).toEqual(['far/f zone', 'lan/l', 'near/n']);
    expect(chosen('far-only', 'sensitive')).toEqual(['far/f zone']);
    expect(chosen('far/anything', 'sensitive')).toEqual(['far/anything zone']);
  });

  it('may be named by its backend, unless a model has that very name', () => {
    expect(chosen('near/org/model:tag', 'sensitive')).toEqual(['near/org/model:tag']);
    expect(chosen('lan/small', 'sensitive')).toEqual(['near/aliased']);
  });

  it('that nobody serves has no targets, whatever it is called', () => {
    for (const name of [
      '',
      '/',
      'x',
      '/x',
      'lan/',
      'nobody/x',
      'gone',
      'Small',
      ' small',
      '__proto__',
      'toString',
    ])
      expect(chosen(name, 'non_sensitive')).toEqual([]);
    expect(chosen('constructor', 'sensitive')).toEqual(['lan/c']);
  });
});

describe('sensitive data', () => {
  it('may reach on-prem alone; other data any zone', () => {
    expect(mayReach('sensitive', 'on_prem')).toBe(true);
    expect(mayReach('sensitive', 'cloud')).toBe(false);
    expect(mayReach('non_sensitive', 'on_prem')).toBe(true);
    expect(mayReach('non_sensitive', 'cloud')).toBe(true);
  });
});
