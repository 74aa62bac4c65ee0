// What the cells say to clients and what must come of it, in words of no library and no dialect.
import * as z from 'zod';
import { sample, TRICKY } from '../kit/conversing/index.ts';
import type { Tool } from './client.ts';

/** The question of most cells; no piece of a stream is all of it. */
export const PROMPT = 'Which of these is the longest "river", and why? (2 sentences, κόσμε)';
export const SYSTEM = 'You are terse.\nYou never say "maybe".';
export const EARLIER = ['What is a river?', 'Water that goes somewhere.'] as const;

/** One pixel. */
export const IMAGE = {
  type: 'image/png',
  data: 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
} as const;

/** The smallest of documents. */
export const FILE = {
  name: 'rivers.pdf',
  data: Buffer.from('%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF').toString(
    'base64',
  ),
} as const;

/** What an answer must look like. */
export const ANSWER = z.object({
  river: z.string().describe('Its name'),
  lengths: z.array(z.number()),
  sure: z.boolean(),
});

/** What the scripted model makes of it. */
export const ANSWERED = { river: TRICKY, lengths: [3], sure: true } as const;

/** Two tools that note with what they were called. */
export const toolsFor = (called: { readonly name: string; readonly args: unknown }[]): readonly Tool[] => {
  const noting = (name: string, description: string, schema: z.ZodObject): Tool => ({
    ...{ name, description, schema },
    run: (args) => {
      called.push({ name, args });
      return resultOf(name);
    },
  });
  return [
    noting(
      'weather',
      'The weather in a place',
      z.object({ place: z.string().describe('A city'), days: z.number() }),
    ),
    noting('clock', 'The time somewhere', z.object({ zone: z.enum(['Europe/Oslo', 'Asia/Tokyo']) })),
  ];
};

/** What the tool of that name says. */
export const resultOf = (name: string): string =>
  name === 'weather' ? '{"sky": "clear", "ü": ["☀", null]}' : 'It is \\"noon\\" there.\n';

/** What the scripted model calls those tools with. */
export const callsOf = (tools: readonly Tool[]): { name: string; args: unknown }[] =>
  tools.map(({ name, schema }) => ({ name, args: sample(z.toJSONSchema(schema)) }));

/** The end of a loop. */
export const TOOLS_SAID = `The tools said: ${resultOf('weather')} | ${resultOf('clock')}`;
