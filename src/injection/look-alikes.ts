// Letters of other scripts that look like Latin ones, and words in which both stand.

const PAIRS = [
  'аaеeоoрpсcуyхxіiѕsјjһhԁdԛqԝwӏlмmтtкkвbнhгrпnѵvѡwԍg',
  'АAВBЕEКKМMНHОOРPСCТTУYХXІIЅSЈJԌGɡgɩiոnսuօoհhցgզqաwտs',
  'οoαaνvρpτtυuιiκkεeηnωwχxγyσoΑAΒBΕEΖZΗHΙIΚKΜMΝNΟOΡPΤTΥYΧXⲟoꓲIꓰE',
].join('');

const LOOK_ALIKE: ReadonlyMap<string, string> = new Map(
  Array.from(
    { length: PAIRS.length / 2 },
    (_, at) => [PAIRS.charAt(2 * at), PAIRS.charAt(2 * at + 1)] as const,
  ),
);
const FOREIGN = /[\u0370-\u058f\u0251-\u02af\u2c80-\u2cff\ua4d0-\ua4ff]/;
/** A word of Latin letters with a letter among them that only looks like one. */
const MIXED =
  /[A-Za-z][A-Za-z]{0,30}[\u0370-\u058f\u0251-\u02af\u2c80-\u2cff\ua4d0-\ua4ff]|[\u0370-\u058f\u0251-\u02af\u2c80-\u2cff\ua4d0-\ua4ff][A-Za-z]/g;

/** The text with look-alikes as the Latin letters they stand for, and in how many places; undefined: no word is mixed. */
export const unmixed = (text: string): { readonly text: string; readonly words: number } | undefined => {
  if (!FOREIGN.test(text)) return undefined;
  const words = text.match(MIXED)?.length ?? 0;
  if (words === 0) return undefined;
  let latin = '';
  for (let i = 0; i < text.length; i++) latin += LOOK_ALIKE.get(text.charAt(i)) ?? text.charAt(i);
  return { text: latin, words };
};
