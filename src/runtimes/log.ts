// The log: one JSON object a line on standard error.
import type { Log, LogLevel } from '../ports.ts';

const RANK: Readonly<Record<LogLevel, number>> = { debug: 0, info: 1, warn: 2, error: 3 };

/** A log that writes lines of `least` level and above through `write`. */
export const lineLog =
  (least: LogLevel, write: (line: string) => void): Log =>
  (level, event, fields = {}) => {
    if (RANK[level] >= RANK[least])
      write(JSON.stringify({ at: new Date().toISOString(), level, event, ...fields }));
  };
