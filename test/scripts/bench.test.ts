import { describe, expect, it } from 'vitest';
import type { AuditPlan, Turn } from '../../scripts/bench/audit.ts';
import { auditTargets, rowOf } from '../../scripts/bench/audit.ts';
import { cpuMsOf, cpuTimeMs, fineCpuMsOf, memoryOf } from '../../scripts/bench/family.ts';
import { BARE, framesLines, framesTargets } from '../../scripts/bench/frames-report.ts';
import type { Plan } from '../../scripts/bench/measure.ts';
import { DIRECT, median } from '../../scripts/bench/measure.ts';
import type { Report } from '../../scripts/bench/report.ts';
import { HELD_AT, lines, targetsOf } from '../../scripts/bench/report.ts';
import type { Wanted } from '../../scripts/bench/run.ts';
import { run } from '../../scripts/bench/run.ts';
import { NODE_FLAGS, PARTS } from '../../scripts/bench/subjects.ts';
import { MessageReader, PATH, prompt, streamedReply, wholeReply } from '../../scripts/bench/wire.ts';
import type { Running } from '../kit/process.ts';

/** What a run starts and asks, with as little work as there can be: no figure of it means anything. */
const PLAN: Plan = {
  requests: [{ bytes: 2_048, connections: 2 }],
  streams: [3],
  rounds: 1,
  sliceMs: 100,
  warmMs: 50,
  idleMs: 50,
};
const AUDIT: AuditPlan = { rounds: 2, sliceMs: 100, spoolMs: 50, records: 2_500 };
const RUN_MS = 60_000;

const quietly = async (
  wanted: Partial<Wanted>,
): Promise<{ report: Report | undefined; started: Running[] }> => {
  const started: Running[] = [];
  const report = await run({
    plan: PLAN,
    audit: AUDIT,
    quick: true,
    who: ['bare hono', 'parts'],
    log: () => undefined,
    onStarted: (running) => started.push(running),
    ...wanted,
  }).catch(() => undefined);
  return { report, started };
};

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

describe('a run', () => {
  it('has a row for each subject and each piece of work, and leaves nothing running', {
    timeout: RUN_MS,
  }, async () => {
    const { report, started } = await quietly({});
    const told = JSON.parse(JSON.stringify(report)) as Report; // what is written is what was found
    const names = [DIRECT, 'bare hono', PARTS];
    expect(told.requests.map(({ subject }) => subject)).toEqual(names);
    expect(told.streams.map(({ subject }) => subject)).toEqual(names);
    for (const row of [...told.requests, ...told.streams]) {
      expect({ subject: row.subject, faults: row.faults, fault: row.fault }).toEqual({
        subject: row.subject,
        faults: 0,
        fault: '',
      });
      expect(row.perSecond).toBeGreaterThan(0);
      expect(row.p99).toBeGreaterThanOrEqual(row.p50);
      if (row.subject === DIRECT) expect(row.cpuUs).toBeNull();
      else expect(row.cpuUs).toBeGreaterThan(0);
    }
    expect(told.idle.map(({ subject }) => subject)).toEqual(names.slice(1));
    for (const { rss } of [...told.idle, ...told.loaded]) expect(rss).toBeGreaterThan(10);
    expect(told.flags).toEqual(NODE_FLAGS);
    expect(told.targets.map(({ met }) => met)).toEqual([null, null, null]);
    for (const name of names) expect(lines(told).some((line) => line.startsWith(name))).toBe(true);
    expect(started).toHaveLength(4);
    expect(started.filter(({ pid }) => isAlive(pid))).toEqual([]);
  });

  it('leaves nothing running when it fails half-way', { timeout: RUN_MS }, async () => {
    const { report, started } = await quietly({
      who: ['bare hono'],
      log: (line) => {
        if (line.startsWith('warming')) throw new Error('half-way');
      },
    });
    expect(report).toBeUndefined();
    expect(started).toHaveLength(3);
    expect(started.filter(({ pid }) => isAlive(pid))).toEqual([]);
  });
});

describe('the audit', () => {
  it('has a row at 1 and at 64 connections, the spool and the verifier theirs, and leaves nothing running', {
    timeout: RUN_MS,
  }, async () => {
    const { report, started } = await quietly({ who: ['audit'] });
    const audit = report?.audit;
    if (audit === undefined || audit === null) throw new Error('not measured');
    expect(report?.requests).toEqual([]);
    expect(audit.rows.map(({ connections, faults }) => ({ connections, faults }))).toEqual([
      { connections: 1, faults: 0 },
      { connections: 64, faults: 0 },
    ]);
    for (const { on, off } of audit.rows) {
      expect(on.perSecond.low).toBeGreaterThan(0);
      expect(off.perSecond.low).toBeGreaterThan(0);
    }
    // Only what keeps its entries gives Postgres work; of one connection's there is too little to be seen in so short a time.
    const many = audit.rows[1];
    expect(many?.on.postgresUs.median).toBeGreaterThan(many?.off.postgresUs.median ?? Number.NaN);
    for (const { perSecond } of audit.spool.rows) expect(perSecond).toBeGreaterThan(0);
    expect(audit.verify.perSecond.low).toBeGreaterThan(0);
    expect(report?.targets.map(({ met }) => typeof met)).toEqual(['boolean', 'boolean', 'boolean']);
    expect(started.filter(({ pid }) => isAlive(pid))).toEqual([]);
  });

  it('is compared round by round, and told as met or not', () => {
    const off: Turn = { ...NO_TURN, perSecond: 1_000, p50: 10, cpuUs: 100 };
    const on = { ...off, perSecond: 850, p50: 11.5, cpuUs: 130 };
    const worse = { ...on, perSecond: 400, p50: 30 };
    const row = rowOf(64, [
      { on, off },
      { on: worse, off: { ...off, perSecond: 500, p50: 28.5 } },
      { on, off },
    ]);
    expect(row.ratio.perSecond.median).toBe(0.85);
    expect(row.added.p50.median).toBe(1.5);
    expect(row.ratio.cpuUs.median).toBe(1.3);
    expect(
      auditTargets([row]).map(({ figure, met }) => [
        figure === null ? null : Math.round(figure * 10) / 10,
        met,
      ]),
    ).toEqual([
      [15, false],
      [null, null],
      [1.5, true],
    ]);
  });
});

const NO_TURN: Turn = {
  perSecond: 0,
  p50: 0,
  p99: 0,
  cpuUs: 0,
  postgresUs: 0,
  drainMs: 0,
  faults: 0,
  fault: '',
};

describe('what is read', () => {
  it('the CPU and the memory of a process', () => {
    const before = fineCpuMsOf(process.pid);
    const until = process.cpuUsage().user + 50_000;
    while (process.cpuUsage().user < until);
    expect(fineCpuMsOf(process.pid) - before).toBeGreaterThan(30);
    expect(cpuMsOf(process.pid)).toBeGreaterThan(0);
    expect(memoryOf(process.pid).rss).toBeGreaterThan(10);
  });

  it("ps's times, with days and with hundredths", () => {
    expect(cpuTimeMs('00:01')).toBe(1_000);
    expect(cpuTimeMs('01:02:03')).toBe(3_723_000);
    expect(cpuTimeMs('2-00:00:01')).toBe(172_801_000);
    expect(cpuTimeMs('0:01.25')).toBe(1_250);
  });

  it('messages, however they are cut', () => {
    const body = prompt(2_048, true);
    const request = Buffer.from(
      `POST ${PATH} HTTP/1.1\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
      'latin1',
    );
    const { head, frame, end } = streamedReply();
    const streamed = Buffer.concat([head, frame, frame, end]);
    for (const message of [request, wholeReply(), streamed]) {
      const reader = new MessageReader();
      for (let at = 1; at < message.length; at++) {
        expect(reader.feed(message.subarray(0, at))).toBe(false);
        expect(reader.feed(message.subarray(at))).toBe(true);
      }
    }
    const reader = new MessageReader();
    reader.feed(request);
    expect(reader.stream).toBe(true);
    expect(reader.startLine).toBe(`POST ${PATH} HTTP/1.1`);
  });
});

describe('what is told', () => {
  it('a median of an odd and of an even number of rounds', () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 2, 3])).toBe(2.5);
  });

  it('a target that is met, one that is not, and one that nothing could be compared with', () => {
    const row = { subject: 'gatehouse', ...HELD_AT, ratios: { nginx: 6.5 } };
    const held = { subject: 'gatehouse', rss: 74, pss: 30, anon: 20 };
    const targets = targetsOf([{ ...EMPTY, ...row }], [held], 'gatehouse');
    expect(targets.map(({ figure, met }) => ({ figure, met }))).toEqual([
      { figure: 6.5, met: false },
      { figure: null, met: null },
      { figure: 74, met: true },
    ]);
  });
});

describe('a frame', () => {
  const row = (name: string, us: number) => ({ name, us, toBare: us / 2 });

  it('costs what it does in its dearest way, passed through and translated, and as a multiple of a bare one', () => {
    const rows = [
      row(BARE, 2),
      ...[row('chat, passed through', 8), row('messages, passed through', 9)],
      ...[row('messages to chat', 20), row('chat to messages', 26)],
    ];
    expect(framesTargets({ frames: 1, rows }).map(({ figure, met }) => [figure, met])).toEqual([
      [9, true],
      [26, false],
    ]);
    expect(framesLines({ frames: 1, rows }).at(-1)).toMatch(/chat to messages +26\.0 +13\.0/);
    expect(framesTargets({ frames: 1, rows: [row(BARE, 2)] }).map(({ met }) => met)).toEqual([null, null]);
  });
});

const EMPTY = {
  subject: '',
  bytes: 0,
  connections: 0,
  cpuUs: 0,
  postgresUs: null,
  perSecond: 0,
  p50: 0,
  p99: 0,
  addedP50: 0,
  addedP99: 0,
  ratios: {},
  faults: 0,
  fault: '',
};
