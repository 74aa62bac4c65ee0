// The scripted model behind command-line clients: it reads a file by the client's own shell tool when it is told to, and says what it
// read; it fails once where it is told to.
import type { Answer, Call, Json, ToolSaid, Turn } from '../kit/conversing/turn.ts';
import { askedOf, isJson } from '../kit/conversing/turn.ts';

/** The file that is to be read. */
export const NOTE = 'note.txt';

/** A prompt with this is answered by reading it. */
export const READ = `Read ${NOTE} and say what it says.`;

/** What is said to any other prompt. */
export const ANSWER = 'and this is the answer';

/** The names that clients have for the tool that runs a command. */
const SHELLS = new Set(['Bash', 'bash', 'shell', 'shell_command', 'exec_command']);

let calls = 0;

/** What it says to a turn. */
export const answerFrom = (turn: Turn): Answer => {
  const said = (text: string): Answer => ({ thinking: '', words: text.split(/(?<=\s)/u), calls: [] });
  if (turn.results.length > 0)
    return said(`The note says: ${turn.results.map(({ text }) => text).join(' ')}`);
  const shell = turn.tools.find(({ name }) => SHELLS.has(name));
  const told = turn.said.some(({ text }) => text.includes(READ));
  if (told && shell !== undefined)
    return { thinking: '', words: ['I will ', 'look.'], calls: [reading(shell)] };
  return said(`There are ${askedOf(turn).length} characters to answer, ${ANSWER}.`);
};

const reading = ({ name, schema }: ToolSaid): Call => {
  calls += 1;
  const properties = isJson(schema.properties) ? schema.properties : {};
  const command = `cat ${NOTE}`;
  const args: Record<string, unknown> = {};
  if (isJson(properties.cmd)) args.cmd = command;
  if (isJson(properties.command))
    args.command = isList(properties.command) ? ['bash', '-lc', command] : command;
  if (isJson(properties.description)) args.description = 'Read the note';
  return { id: `call_${String(calls).padStart(24, '0')}`, name, args: JSON.stringify(args) };
};

const isList = ({ type }: Json): boolean => type === 'array';
