// What goes wrong: every request, whole reply and stream of a dialect that the tests know.
import type { CallDialectName } from '../../../src/dialects/dialect.ts';
import { BAD } from '../../kit/spoken/bad/index.ts';
import { SPOKEN } from '../../kit/spoken/index.ts';
import { PLACES } from '../../kit/spoken/places/index.ts';
import type { Json } from '../../kit/spoken/spoken.ts';
import { TEXT } from '../governed/spelled.ts';
import { isHere } from '../governed/ways.ts';

/** Longer bodies say nothing more of a parser, and cost as much as hundreds of others. */
const BODY_CHARS = 20_000;

const spoken = (name: CallDialectName) => SPOKEN.filter(({ dialect }) => dialect === name);

/** Requests, streamed and not. */
export const bodiesOf = (name: CallDialectName): readonly Json[] => {
  const asked = Object.values(PLACES[name]?.asks ?? {}).flatMap((asking) =>
    isHere(asking) ? asking(TEXT) : [],
  );
  const wrong = Object.values(BAD[name] ?? {}).flatMap((bad) =>
    isHere(bad) ? bad.map(({ body }) => body) : [],
  );
  return spoken(name).flatMap(({ body, streamed, unstreamed, unreadable }) =>
    [...asked, ...asked, ...wrong, ...unreadable.map(([, more]) => body('x', more))]
      .flatMap((each, at) => [{ ...each, ...(at % 2 === 0 ? streamed : unstreamed) }])
      .filter((each) => JSON.stringify(each).length < BODY_CHARS),
  );
};

const answersOf = (name: CallDialectName) =>
  Object.values(PLACES[name]?.answers ?? {}).flatMap((answering) => (isHere(answering) ? [answering] : []));

/** Whole replies, errors among them. */
export const wholesOf = (name: CallDialectName): readonly Json[] =>
  [
    ...answersOf(name).map(({ whole }) => whole(TEXT)),
    ...spoken(name).map(({ whole }) => whole(TEXT)),
    PLACES[name]?.trouble.error(400, TEXT) ?? '{}',
  ].map((text) => JSON.parse(text));

/** Streams, each with its end; one breaks off with an error. */
export const streamsOf = (name: CallDialectName): readonly (readonly string[])[] => {
  const pieces = TEXT.split(/(?<=[ @.])/);
  const streams = [...answersOf(name), ...spoken(name).filter(({ stream }) => stream !== null)].flatMap(
    ({ stream }) => (stream === null ? [] : [stream([TEXT]), stream(pieces)]),
  );
  const error = PLACES[name]?.trouble.frame?.text(TEXT);
  const [first = []] = streams;
  return error === undefined ? streams : [...streams, [...first.slice(0, 3), error]];
};
