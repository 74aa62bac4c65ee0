// gatehouse injection: scans a text for attempts at injection. Needs no gateway: the engine is in the command.
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { score } from '../injection/score.ts';
import type { Command } from './command.ts';
import { Answer, only, print, WrongUse } from './command.ts';

const USE = 'gatehouse injection scan [FILE] [--source user|tool]';
/** Standard input. */
const STDIN = 0;
/** Of a reason's place so much is shown. */
const SHOWN_CHARS = 60;

export const injection: Command = {
  lines: [['injection scan [FILE] [--source user|tool]', 'score a text; without FILE what comes in']],
  run: async (args) => {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { json: { type: 'boolean', default: false }, source: { type: 'string', default: 'user' } },
    });
    const [verb, ...rest] = positionals;
    const { source } = values;
    if (verb !== 'scan' || (source !== 'user' && source !== 'tool')) throw new WrongUse(USE);
    const text = readFileSync(rest.length === 0 ? STDIN : only(rest, USE), 'utf8');
    const scored = score(text, source);
    print(values.json, scored, [
      ...scored.reasons.map(
        ({ name, weight, start, end }) =>
          `${weight.toFixed(2)}  ${name}  ${start}-${end}  ${JSON.stringify(text.slice(start, Math.min(end, start + SHOWN_CHARS)))}`,
      ),
      `${scored.verdict}, score ${scored.score.toFixed(2)}`,
    ]);
    if (scored.verdict === 'attack') throw new Answer('this is an attempt at injection');
  },
};
