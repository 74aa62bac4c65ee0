// What whoever runs the gateway asks of it: does it live, may it be sent requests, what waits.
import type { Hono } from 'hono';
import { sql } from 'kysely';
import { migrations } from '../migrations/index.ts';
import type { RulesInForce } from './dlp/live.ts';
import { rulesInForce } from './dlp/live.ts';
import type { GatehouseEnv, Ports } from './ports.ts';
import type { SpoolState } from './spools/spool.ts';
import type { Db } from './stores/store.ts';
import { sqlState } from './stores/store.ts';
import { within } from './within.ts';

type Missing = { readonly waiting_for: string; readonly message: string };

const AWAY: Missing = { waiting_for: 'database', message: 'The database does not answer.' };
const UNMIGRATED: Missing = {
  waiting_for: 'migrations',
  message: 'The database is not up to date: run "gatehouse migrate".',
};
const SPOOL: Missing = {
  waiting_for: 'audit',
  message: 'Records cannot be kept, so requests are refused.',
};
/** A database that says nothing for this long does not answer; whoever asks us whether we are ready waits no longer either. */
const ANSWER_MS = 5_000;
/** SQLSTATE 42P01: there is no such table. */
const UNDEFINED_TABLE = '42P01';

/** Registers `/healthz`, `/readyz` and `/metrics`. */
export const operations = (app: Hono<GatehouseEnv>, ports: Ports): void => {
  const rules = rulesInForce(ports);
  app.get('/healthz', (c) => c.json({ status: 'ok' }));
  app.get('/readyz', async (c) => {
    const [state, database, patterns] = await Promise.all([
      ports.spool.state(),
      databaseMissing(ports.store.db),
      patternsMissing(rules),
    ]);
    // With Postgres away the gateway goes on from its spool, and is ready as long as that takes records.
    const missing =
      state.refuses === null
        ? ((state.limitBytes > 0 && database === AWAY ? undefined : database) ?? patterns)
        : SPOOL;
    const audit = told(state, ports.now());
    return missing === undefined
      ? c.json({ status: 'ready', database: database === undefined ? 'ok' : 'away', audit })
      : c.json({ status: 'not ready', ...missing, audit }, 503);
  });
  app.get('/metrics', async (c) => {
    const state = await ports.spool.state();
    return c.text(metrics(state, ports.now()), 200, {
      'content-type': 'text/plain; version=0.0.4; charset=utf-8',
    });
  });
};

const ageS = (state: SpoolState, nowMs: number): number =>
  state.oldestAtMs === null ? 0 : Math.max(0, Math.round((nowMs - state.oldestAtMs) / 1000));

const told = (state: SpoolState, nowMs: number) => ({
  waiting_entries: state.waitingEntries,
  waiting_bytes: state.waitingBytes,
  waiting_age_s: ageS(state, nowMs),
  limit_bytes: state.limitBytes,
  limit_age_s: Math.round(state.limitAgeMs / 1000),
  refuses: state.refuses,
});

/** Prometheus' text format, version 0.0.4. */
const metrics = (state: SpoolState, nowMs: number): string => {
  const gauge = (name: string, words: string, value: number): string =>
    `# HELP gatehouse_${name} ${words}\n# TYPE gatehouse_${name} gauge\ngatehouse_${name} ${value}\n`;
  return [
    gauge('audit_waiting_entries', 'Audit entries that Postgres does not have yet.', state.waitingEntries),
    gauge(
      'audit_waiting_bytes',
      'Bytes of audit entries that Postgres does not have yet.',
      state.waitingBytes,
    ),
    gauge(
      'audit_waiting_age_seconds',
      'Age of the oldest audit entry that Postgres does not have yet.',
      ageS(state, nowMs),
    ),
    gauge('audit_limit_bytes', 'Most bytes that may wait before requests are refused.', state.limitBytes),
    gauge(
      'audit_limit_age_seconds',
      'Longest an entry may wait before requests are refused.',
      state.limitAgeMs / 1000,
    ),
    gauge(
      'audit_refuses',
      '1 while records cannot be kept and requests are refused.',
      state.refuses === null ? 0 : 1,
    ),
  ].join('');
};

/** What keeps texts from being inspected; a database that does not answer is told apart. */
const patternsMissing = async (rules: RulesInForce): Promise<Missing | undefined> => {
  const fault = await within(ANSWER_MS, rules.fault()).catch(() => undefined);
  if (fault === undefined) return undefined;
  return {
    waiting_for: 'patterns',
    message: `The packs in force cannot be used, so requests are refused: ${fault}`,
  };
};

/** What keeps the database from serving; undefined: nothing. */
const databaseMissing = async (db: Db): Promise<Missing | undefined> => {
  try {
    const asked = sql<{ id: string }>`select id from gatehouse_migrations`.execute(db);
    const { rows } = await within(ANSWER_MS, asked);
    const done = new Set(rows.map(({ id }) => id));
    return migrations.every(({ id }) => done.has(id)) ? undefined : UNMIGRATED;
  } catch (error) {
    return sqlState(error) === UNDEFINED_TABLE ? UNMIGRATED : AWAY;
  }
};
