// Bodies and streams gone wrong, from a seed: their values, their text, their bytes, their order, and where they are cut.
import { parseJson } from '../../../src/json/parse.ts';
import type { Random } from '../../json/random.ts';
import { mutatedText } from '../../proxy/mutations.ts';
import { changed } from '../../translate/fuzzed.ts';

/** How many are tried: a share of what a long run tries with `GATEHOUSE_FUZZ=50000`. */
export const ROUNDS = Number(process.env.GATEHOUSE_FUZZ ?? 1_000);

const encoder = new TextEncoder();

/** A few bytes are not even UTF-8. */
const bytesOf = (text: string, random: Random): Uint8Array => {
  const bytes = encoder.encode(text);
  if (random.below(8) === 0 && bytes.length > 0) bytes[random.below(bytes.length)] = random.below(256);
  return bytes;
};

/** A body like one of these: values of other kinds in most of them, broken text in the rest. */
export const anyBody = (bodies: readonly object[], random: Random): Uint8Array => {
  if (random.below(3) > 0) return bytesOf(JSON.stringify(changed(bodies, random)), random);
  let text = JSON.stringify(random.pick(bodies));
  for (let rounds = random.below(4); rounds >= 0; rounds--) text = mutatedText(text, random);
  return bytesOf(text, random);
};

const DEEP = /\[{99}|(?:\{"a":){99}/;

/** A frame's JSON, which stands in a line of its own. */
const JSON_LINE = /^(?:data: ?)?(\{.*\})$/m;

const valueIn = (frame: string): object | undefined => {
  try {
    return Object(parseJson(JSON_LINE.exec(frame)?.[1] ?? ''));
  } catch {
    return undefined;
  }
};

const changedFrame = (frame: string, others: readonly string[], random: Random): string => {
  const [value, other] = [valueIn(frame), valueIn(random.pick(others))];
  if (value === undefined) return frame;
  // What nests too deep to be copied is strange enough.
  if (DEEP.test(frame)) return frame;
  const text = JSON.stringify(changed(other === undefined ? [value] : [value, value, other], random));
  return frame.replace(JSON_LINE, (line, data: string) => line.replace(data, () => text));
};

/** What stands between frames, or in them, though nobody sends it. */
const ODD = [
  ...[
    '\n',
    '\r',
    '\r\n',
    '\n\n',
    ': ping\n\n',
    'data\n\n',
    'data:\n\n',
    'data: [DONE]\n\n',
    'id: 1\n',
    'retry: 5\n\n',
  ],
  ...[
    'event: error\n',
    'event: message_stop\n',
    '\ufeff',
    '\u0000',
    '[DONE]',
    '{}',
    'null\n',
    '{"done":true}\n',
  ],
  ...[
    'data: null\n\n',
    'data: []\n\n',
    'data: "x"\n\n',
    'data: {"type":"message_stop"}\n\n',
    '{"error":"x"}\n',
  ],
];

/** A stream like one of these, as chunks that mind neither frames nor characters. */
export const anyStream = (streams: readonly (readonly string[])[], random: Random): readonly Uint8Array[] => {
  const others = streams.flat();
  let frames = [...random.pick(streams)];
  const at = (): number => random.below(frames.length + 1);
  for (let rounds = random.below(5); rounds > 0; rounds--) {
    const place = at();
    const frame = frames[place];
    random.pick([
      () => frames.splice(place, 1),
      () => frames.splice(place, 0, random.pick(others)),
      () => frames.splice(place, 0, random.pick(ODD)),
      () => frames.splice(place, 0, ...(frame === undefined ? [] : [frame])),
      () => frame !== undefined && frames.splice(place, 1, changedFrame(frame, others, random)),
      () => frame !== undefined && frames.splice(place, 1, changedFrame(frame, others, random)),
      () => frame !== undefined && frames.splice(place, 1, mutatedText(frame, random)),
      () => {
        frames = frames.slice(0, place);
      },
      () => frames.splice(place, 0, ...frames.splice(at(), 2)),
    ])();
  }
  return cutUp(bytesOf(frames.join(''), random), random);
};

const cutUp = (bytes: Uint8Array, random: Random): readonly Uint8Array[] => {
  const chunks: Uint8Array[] = [];
  for (let from = 0; from < bytes.length; ) {
    const to = from + 1 + random.below(random.pick([1, 40, 400, 4_000]));
    chunks.push(bytes.subarray(from, to));
    from = to;
  }
  return chunks;
};
