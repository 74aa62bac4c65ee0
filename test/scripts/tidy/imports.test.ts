import { describe, expect, it } from 'vitest';
import { faults } from '../../../scripts/tidy/faults.ts';

/** The faults of a tree, as `path:line rule`. */
const of = (tree: Readonly<Record<string, string>>): readonly string[] =>
  faults(new Map(Object.entries(tree))).map(({ path, line, rule }) => `${path}:${line} ${rule}`);

/** The faults of one file that imports `from`. */
const importing = (path: string, from: string, kind: 'value' | 'type'): readonly string[] =>
  of({ [path]: `import ${kind === 'type' ? 'type ' : ''}{ a } from '${from}';\n` });

describe('imports follow the table of roles', () => {
  const legal: readonly (readonly [string, string, ('value' | 'type')?])[] = [
    ['src/keys/key.ts', '../ids.ts'],
    ['src/keys/key.ts', '../stores/tables.ts'],
    ['src/keys/key.ts', '../ports.ts', 'type'],
    ['src/exchange.ts', './dialects/dialect.ts', 'type'],
    ['src/dialects/openai-chat.ts', '../streams/sse.ts'],
    ['src/setup/plan.ts', '../keys/table.ts', 'type'],
    ['src/providers/pretend.ts', '../ports.ts'],
    ['src/keys/table.ts', '../teams/table.ts'],
    ['src/stores/migrate.ts', '../../migrations/migration.ts', 'type'],
    ['src/ports.ts', './spools/spool.ts', 'type'],
    ['src/ports.ts', './exchange.ts', 'type'],
    ['src/keys/step.ts', '../teams/table.ts'],
    ['src/dialects/step.ts', './openai-chat.ts'],
    ['src/keys/endpoints.ts', '../teams/table.ts'],
    ['src/keys/endpoints.ts', '../admin-shape.ts'],
    ['src/pipeline.ts', './keys/step.ts'],
    ['src/admin.ts', './keys/endpoints.ts'],
    ['src/gateway.ts', './proxy.ts'],
    ['src/client.ts', './admin.ts', 'type'],
    ['src/keys/page.tsx', '../client.ts'],
    ['src/console/frame.tsx', '../keys/page.tsx'],
    ['src/cli/main.ts', './start.ts'],
    ['src/cli/start.ts', '../runtimes/node.ts'],
    ['src/cli/migrate.ts', '../../migrations/index.ts'],
    ['src/cli/doctor.ts', '../runtimes/node-store.ts'],
    ['src/runtimes/node.ts', '../gateway.ts'],
    ['src/runtimes/node.ts', '../../migrations/index.ts'],
    ['migrations/index.ts', './0001-start.ts'],
    ['migrations/0001-start.ts', '../src/stores/tables.ts', 'type'],
    ['src/dlp/pack.ts', '../../dlp-patterns/pii.json'],
    ['test/keys/step.test.ts', '../../src/keys/step.ts'],
  ];
  const breaches: readonly (readonly [string, string, ('value' | 'type')?])[] = [
    ['src/keys/key.ts', './table.ts'],
    ['src/keys/key.ts', '../ports.ts'],
    ['src/keys/key.ts', '../stores/pg.ts', 'type'],
    ['src/exchange.ts', './dialects/dialect.ts'],
    ['src/dialects/openai-chat.ts', '../keys/table.ts'],
    ['src/dialects/openai-chat.ts', '../stores/store-pool.ts', 'type'],
    ['src/keys/table.ts', '../dialects/openai-chat.ts'],
    ['src/stores/migrate.ts', '../../migrations/index.ts'],
    ['src/ports.ts', './exchange.ts'],
    ['src/ports.ts', './spools/file.ts'],
    ['src/keys/step.ts', '../teams/step.ts'],
    ['src/keys/endpoints.ts', '../teams/endpoints.ts'],
    ['src/keys/endpoints.ts', '../dialects/openai-chat.ts'],
    ['src/proxy.ts', './keys/step.ts'],
    ['src/admin.ts', './dialects/step.ts'],
    ['src/keys/endpoints.ts', '../admin.ts'],
    ['src/keys/key.ts', '../admin-shape.ts'],
    ['src/client.ts', './admin.ts'],
    ['src/keys/page.tsx', './endpoints.ts', 'type'],
    ['src/keys/page.tsx', '../teams/page.tsx'],
    ['src/cli/audit.ts', '../audit/table.ts'],
    ['src/cli/audit.ts', '../admin.ts'],
    ['src/cli/audit.ts', '../runtimes/node.ts'],
    ['src/runtimes/node.ts', '../proxy.ts'],
    ['src/runtimes/node.ts', '../keys/step.ts'],
    ['migrations/0001-start.ts', '../src/stores/tables.ts'],
    ['migrations/0001-start.ts', '../src/stores/pg.ts', 'type'],
    ['src/keys/key.ts', '../../scripts/bench.ts'],
    ['src/keys/key.ts', '../../test/kit/upstream.ts', 'type'],
  ];
  for (const [path, from, kind = 'value'] of legal)
    it(`${path} may import ${kind}s of ${from}`, () => {
      const rest = importing(path, from, kind).filter((fault) => fault.endsWith('imports'));
      expect(rest).toEqual([]);
    });
  for (const [path, from, kind = 'value'] of breaches)
    it(`${path} may not import ${kind}s of ${from}`, () => {
      expect(importing(path, from, kind)).toContain(`${path}:1 imports`);
    });
  it('sees an import however it is written', () => {
    const ways = [
      "import '../teams/step.ts';",
      "import * as a from '../teams/step.ts';",
      "import a, {\n b as c,\n type D,\n} from '../teams/step.ts';",
      "import { type A } from '../teams/step.ts';",
      "export * from '../teams/step.ts';",
      "export { a as b } from '../teams/step.ts';",
      "const a = await import('../teams/step.ts');",
      'const a = await import(`../teams/step.ts`);',
      "export type { A } from '../teams/step.ts';",
      "type A = typeof import('../teams/step.ts');",
    ];
    for (const way of ways)
      expect([way, of({ 'src/keys/key.ts': way })]).toEqual([way, ['src/keys/key.ts:1 imports']]);
  });
  it('sees no import in what only looks like one', () => {
    const text =
      "// import './table.ts';\nconst a = \"import './table.ts'\"; `import './table.ts'`; a.import('./table.ts');\n";
    expect(of({ 'src/keys/key.ts': text })).toEqual([]);
  });
});
