// What a subject costs: CPU time and memory of a process, of all in its group, and of all they started.
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

/** Memory in MB. `rss` is VmRSS, shared pages of the binary and all; `anon` is what is the process's alone; `pss` shares fairly. */
export type Memory = { readonly rss: number; readonly anon: number | null; readonly pss: number | null };

type Process = {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
  readonly cpuMs: number;
  readonly rssKb: number;
};

const LINUX = process.platform === 'linux';
/** What one clock tick of /proc is: USER_HZ is 100 everywhere. */
const TICK_MS = 10;
const PAGE_KB = 4;

/** Fields of /proc/PID/stat after the name, which is in brackets and may hold anything (man 5 proc). */
const statOf = (pid: number): Process | undefined => {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = text
      .slice(text.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number);
    const [, parent = 0, group = 0] = fields;
    // utime, stime, and those of children that have ended.
    const ticks = fields.slice(11, 15).reduce((sum, value) => sum + value, 0);
    return { pid, parent, group, cpuMs: ticks * TICK_MS, rssKb: (fields[21] ?? 0) * PAGE_KB };
  } catch {
    return undefined;
  }
};

/** The ms of ps's `[dd-]hh:mm:ss[.cc]`. */
export const cpuTimeMs = (text: string): number => {
  const [days, clock = ''] = text.includes('-') ? text.split('-') : ['0', text];
  const seconds = clock.split(':').reduce((sum, part) => sum * 60 + Number(part), 0);
  return (Number(days) * 86_400 + seconds) * 1_000;
};

const processes = (): readonly Process[] => {
  if (LINUX) {
    return readdirSync('/proc').flatMap((name) => {
      const found = /^\d+$/.test(name) ? statOf(Number(name)) : undefined;
      return found === undefined ? [] : [found];
    });
  }
  const lines = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,pgid=,time=,rss='], { encoding: 'utf8' });
  return lines
    .trim()
    .split('\n')
    .map((line) => {
      const [pid, parent, group, time = '0', rss] = line.trim().split(/\s+/);
      const cpuMs = cpuTimeMs(time);
      return { pid: Number(pid), parent: Number(parent), group: Number(group), cpuMs, rssKb: Number(rss) };
    });
};

/** The process, its group and their descendants. Parents stand before children often, not always: hence the rounds. */
const familyOf = (pid: number): readonly Process[] => {
  const all = processes();
  const family = new Set(all.filter((one) => one.pid === pid || one.group === pid).map((one) => one.pid));
  for (let size = -1; size !== family.size; ) {
    size = family.size;
    for (const one of all) if (family.has(one.parent)) family.add(one.pid);
  }
  return all.filter((one) => family.has(one.pid));
};

/** CPU time so far, user and system, in ms, of those that have ended too; 10 ms fine on Linux, elsewhere as fine as `ps` is. */
export const cpuMsOf = (pid: number): number => familyOf(pid).reduce((sum, { cpuMs }) => sum + cpuMs, 0);

/**
 * The same of the threads that live, to the microsecond where the kernel tells (schedstat: Linux); else as `cpuMsOf`. For
 * processes that end no thread while they are measured.
 */
export const fineCpuMsOf = (pid: number): number => {
  if (!LINUX) return cpuMsOf(pid);
  let ns = 0;
  try {
    for (const one of familyOf(pid)) {
      for (const thread of readdirSync(`/proc/${one.pid}/task`))
        ns += Number(readFileSync(`/proc/${one.pid}/task/${thread}/schedstat`, 'latin1').split(' ')[0]);
    }
  } catch {
    return cpuMsOf(pid);
  }
  return ns / 1e6;
};

/** How many processes there are of it. */
export const countOf = (pid: number): number => familyOf(pid).length;

/** What its processes hold now. */
export const memoryOf = (pid: number): Memory => {
  const family = familyOf(pid);
  const rss = family.reduce((sum, { rssKb }) => sum + rssKb, 0) / 1024;
  if (!LINUX) return { rss, anon: null, pss: null };
  const sumOf = (name: string): number | null => {
    let kb = 0;
    for (const one of family) {
      try {
        const text = readFileSync(`/proc/${one.pid}/smaps_rollup`, 'latin1');
        kb += Number(new RegExp(`^${name}: +(\\d+) kB`, 'm').exec(text)?.[1] ?? Number.NaN);
      } catch {
        return null;
      }
    }
    return Number.isNaN(kb) ? null : kb / 1024;
  };
  return { rss, anon: sumOf('Anonymous'), pss: sumOf('Pss') };
};
