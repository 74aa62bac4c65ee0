// The scripted model behind command-line clients: it reads a file by the client's own shell tool when it is told to, and says what it
// read; it fails once where it is told to.
import type { Answer, Call, Json, ToolSaid, Turn } from '../kit/conversing/turn.ts';
import { askedOf, callWith, isJson } from '../kit/conversing/turn.ts';

/** The file that is to be read. */
export const NOTE = 'note.txt';

/** A prompt with this is answered by reading it. */
export const READ = `Read ${NOTE} and say what it says.`;

/** What is said to any other prompt. */
export const ANSWER = 'and this is the answer';

/** The names that clients have for the tool that runs a command. */
const SHELLS = new Set(['Bash', 'bash', 'shell', 'shell_command', 'exec_command']);

/** The tool that runs a script, in a group of its own: dialects without groups have another name for it. */
const SCRIPTS = /^(?:functions__)?exec$/;

/** What it says to a turn. */
export const answerFrom = (turn: Turn): Answer => {
  const said = (text: string): Answer => ({ thinking: '', words: text.split(/(?<=\s)/u), calls: [] });
  if (turn.results.length > 0)
    return said(`The note says: ${turn.results.map(({ text }) => text).join(' ')}`);
  const shell = turn.tools.find(({ name }) => SHELLS.has(name) || SCRIPTS.test(name));
  const told = turn.said.some(({ text }) => text.includes(READ));
  if (told && shell !== undefined)
    return { thinking: '', words: ['I will ', 'look.'], calls: [reading(shell)] };
  return said(`There are ${askedOf(turn).length} characters to answer, ${ANSWER}.`);
};

const reading = (tool: ToolSaid): Call => {
  const command = `cat ${NOTE}`;
  if (SCRIPTS.test(tool.name)) {
    const script = `text(await tools.exec_command({ cmd: ${JSON.stringify(command)} }));`;
    return callWith(tool, tool.custom === true ? script : JSON.stringify({ input: script }));
  }
  const properties = isJson(tool.schema.properties) ? tool.schema.properties : {};
  const args: Record<string, unknown> = {};
  if (isJson(properties.cmd)) args.cmd = command;
  if (isJson(properties.command))
    args.command = isList(properties.command) ? ['bash', '-lc', command] : command;
  if (isJson(properties.description)) args.description = 'Read the note';
  return callWith(tool, JSON.stringify(args));
};

const isList = ({ type }: Json): boolean => type === 'array';
