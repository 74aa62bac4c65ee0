// Forged structure: delimiters of chat templates, turns nobody said, notes hidden in markup. Patterns are found where their first
// characters are, and look a bounded way on.
import type { Ground, Source } from './reason.ts';

type Form = {
  readonly name: string;
  readonly kind: string;
  readonly pattern: RegExp;
  readonly user: number;
  readonly tool: number;
  readonly needs?: string;
};

const ROLES = '(?:system|developer|admin|administrator|root|operator)';

const ROLE_NAMED = /system|developer|admin|root|operator/i;

const FORMS: readonly Form[] = [
  {
    name: 'chat-token',
    kind: 'forgery',
    user: 0.55,
    tool: 0.7,
    needs: '<|',
    pattern:
      /<\|(?:im_start|im_end|im_sep|system|user|assistant|endoftext|end_of_turn|start_header_id|end_header_id|eot_id|begin_of_text|endofprompt|channel|message|start|end)\|>/gi,
  },
  {
    name: 'chat-token',
    kind: 'forgery',
    user: 0.55,
    tool: 0.7,
    pattern:
      /\[\/?INST\]|<<\/?SYS>>|<start_of_turn>|<end_of_turn>|<\/s>\s{0,3}<s>|<\uff5c(?:User|Assistant|System)\uff5c>|\[\/?SYSTEM_PROMPT\]/g,
  },
  {
    name: 'role-heading',
    needs: 'role',
    kind: 'forgery',
    user: 0.42,
    tool: 0.55,
    pattern: new RegExp(
      `(?:^|\\n)[ \\t]{0,4}(?:#{1,6}|\\*{2,12}|={3,12}|-{3,12}|\\[{1,2}|\\({1,2}|>{1,3})[ \\t]{0,2}(?:new |updated |begin |start of |end of |end )?${ROLES}(?: prompt| message| instructions?| note| override| update| mode| notice| command| directive)?[ \\t]{0,2}(?::|\\]|\\)|\\*{2,12}|#|=|-{3}|\\n)`,
      'gi',
    ),
  },
  {
    name: 'role-turn',
    needs: 'role',
    kind: 'forgery',
    user: 0.34,
    tool: 0.42,
    pattern: new RegExp(
      `(?:^|\\n)[ \\t>"']{0,4}${ROLES}(?: prompt| message| override| note| update| notice| alert| instructions?)?[ \\t]?(?::|>>|->)[ \\t]*[^\\s{]`,
      'gi',
    ),
  },
  {
    name: 'role-tag',
    needs: '<',
    kind: 'forgery',
    user: 0.42,
    tool: 0.55,
    pattern: new RegExp(
      `</?(?:${ROLES}(?:[-_ ]?(?:prompt|message|instructions?|note|override|update))?|user_?(?:input|query|message)|assistant|human|document|context|instructions?|untrusted|external_content|tool_result|function_results|data)>(?:\\s{0,4}<|\\s{0,4}(?:ignore|new|you|system|now|disregard|forget|override|important|the|from|please|send|reveal))`,
      'gi',
    ),
  },
  {
    name: 'role-close',
    needs: '</',
    kind: 'closing',
    user: 0.45,
    tool: 0.55,
    pattern:
      /<\/(?:system|user_?(?:input|query|message|prompt)|untrusted(?:_\w{1,20})?|external_content|tool_result|tool_response|function_results|search_results?|retrieved_\w{1,20})>/gi,
  },
  {
    name: 'role-bracket',
    kind: 'forgery',
    user: 0.3,
    tool: 0.5,
    pattern:
      /[[(](?:system|admin|developer|ai|assistant|agent|llm|model|gpt)(?:[ _-](?:note|message|instructions?|directive|prompt|override|update|notice|command))?[\])](?:\(#?\w{0,20}\))?[:\s-]{1,3}[A-Za-z]/gi,
  },
  {
    name: 'role-json',
    needs: '{',
    kind: 'forgery',
    user: 0.16,
    tool: 0.3,
    pattern: /\{\s{0,4}["']role["']\s{0,2}:\s{0,2}["'](?:system|developer)["']/gi,
  },
  {
    name: 'boundary',
    kind: 'boundary',
    user: 0.42,
    tool: 0.55,
    pattern:
      /(?:[-=#*~_<[({]{2,40}|\n)[ \t]{0,3}(?:end|start|begin|beginning|close|stop)(?:[ _]of)?[ _](?:the[ _])?(?:user|system|untrusted|prompt|instructions?|context|document|conversation|tool|external|retrieved|previous|new|admin|developer|article|email|data|web)[ _]{0,1}(?:input|prompt|message|instructions?|content|query|data|text|result|output|document|session|conversation|page|section|context)?[ \t]{0,3}(?:[-=#*~_>\])}]{2,40}|\n|$)/gi,
  },
  {
    name: 'override-heading',
    needs: 'role',
    kind: 'heading',
    user: 0.42,
    tool: 0.55,
    pattern:
      /\b(?:system|admin|developer|instruction|priority|emergency|security|root)[ _-](?:override|overide)\b[ _-]?(?:code|command|protocol|mode|key|token)?\s{0,2}(?::|=|engaged|accepted|activated|enabled|initiated|!|—|-|\n|\]|\.)/gi,
  },
  {
    name: 'fake-turns',
    kind: 'turns',
    user: 0,
    tool: 0.3,
    pattern: /(?:^|\n)\s{0,3}(?:human|user)\s?:[^\n]{1,300}\n+\s{0,3}(?:assistant|ai|bot|model)\s?:/gi,
  },
  {
    name: 'notice',
    kind: 'notice',
    user: 0.04,
    tool: 0.2,
    pattern:
      /(?:<(?:important|information|instructions?|notice|admin|hidden|secret|ai|llm|assistant|agent|prompt)\b[^>]{0,60}>|!{2}\s{0,2}important|\bimportant!{2}|important (?:message|instructions?|notice)\b)/gi,
  },
  {
    name: 'hidden-style',
    needs: '<',
    kind: 'hidden',
    user: 0.2,
    tool: 0.45,
    pattern:
      /(?:display\s?:\s?none|visibility\s?:\s?hidden|font-size\s?:\s?[01](?:px|pt|em)?\b|opacity\s?:\s?0\b|color\s?:\s?(?:white|#fff(?:fff)?|transparent)\b|\bhidden\b)[^<>]{0,80}>[^<]{0,200}\b(?:ignore|instruction|instructions|assistant|ai|llm|system|prompt|must|summar\w{2,8}|model|user|reply|respond)\b/gi,
  },
  {
    name: 'hidden-attribute',
    needs: '=',
    kind: 'hidden',
    user: 0.2,
    tool: 0.45,
    pattern:
      /\b(?:alt|title|aria-label|content|data-\w{1,20}|description|placeholder|summary|value)\s?=\s?["'][^"']{0,80}\b(?:ai|llm|assistant|agent|ignore|language model|chatbot|gpt|chatgpt|copilot)\b[^"']{0,200}\b(?:must|should|please|ignore|instructions?|tell|include|send|append|recommend|reveal|say|respond|summar\w{2,8})\b/gi,
  },
  {
    name: 'tool-call',
    kind: 'tool-call',
    user: 0.25,
    tool: 0.4,
    pattern:
      /<(?:tool_call|function_call|function_calls|invoke|tool_use)\b[^>]{0,80}>|"(?:tool_calls|function_call)"\s?:\s?[[{]|\bAction\s?:\s?\w{2,40}\s{0,3}\n\s{0,3}Action Input\s?:/gi,
  },
];

/** Signs every form has one of; a text without any is not looked through. */
const SIGNS = /[<[{#=>*_\-:!|]/;
/** Matches of one form that are weighed. */
const MOST_MATCHES = 8;

/** Faux turns that show a model complying, one after the other. */
const SHOT =
  /(?:^|\n)\s{0,3}(?:(?:q|user|human|customer|me|person|input|prompt)\s?\d{0,3}\s?[:>]|<user>)[^\n]{1,400}\n{1,3}\s{0,3}(?:(?:a|assistant|ai|bot|model|gpt|output|answer|chatgpt)\s?\d{0,3}\s?[:>]|<assistant>)\s{0,3}([^\n]{0,60})/gi;
const COMPLIES =
  /^\W{0,3}(?:sure|of course|certainly|absolutely|here(?:'s| is| are| you go)|ok|okay|yes|happy to|no problem|to \w+|step 1|first|1[.)]|definitely|gladly|understood)/i;
/** From how many on they are padding. */
const MANY_SHOTS = 4;
/** More shots are not counted. */
const MOST_SHOTS = 400;

export type Shots = {
  readonly shots: number;
  readonly complying: number;
  readonly start: number;
  readonly end: number;
};

/** Turns counted. */
export const shotsIn = (text: string): Shots => {
  const turns = { shots: 0, complying: 0, start: 0, end: 0 };
  if (!/(?:assistant|ai|bot|model|output|answer|chatgpt|gpt|\ba)\s?\d{0,3}\s?[:>]/i.test(text)) return turns;
  for (const match of text.matchAll(SHOT)) {
    if (turns.shots === 0) turns.start = match.index;
    turns.shots += 1;
    turns.end = match.index + match[0].length;
    if (COMPLIES.test(match[1] ?? '')) turns.complying += 1;
    if (turns.shots >= MOST_SHOTS) break;
  }
  return turns;
};

/** Whether the turns are padding: many of them, and most comply. */
export const isManyShot = ({ shots, complying }: Shots): boolean =>
  shots >= MANY_SHOTS && complying * 2 >= shots;

/** Comments looked at in one text, and how far into each, in characters. */
const MOST_COMMENTS = 64;
const COMMENT_CHARS = 600;
const NAMES_READER =
  /\b(?:ai|llm|llms|assistants?|agents?|gpt|chatgpt|copilot|claude|model|ignore|instructions?|prompt|system|summar\w{2,8})\b/i;
const TELLS_READER =
  /\b(?:must|should|please|ignore|instruct|tell|say|include|send|append|recommend|do not|always|add|visit|respond|reply|output|reveal|follow|call|execute|mention|rate|click|forward)\b/i;

/** Comments in markup that tell a machine what to do. */
const commentsIn = (text: string, source: Source): readonly Ground[] => {
  const grounds: Ground[] = [];
  let start = text.indexOf('<!--');
  for (let seen = 0; start >= 0 && seen < MOST_COMMENTS; seen++) {
    const close = text.indexOf('-->', start);
    const end = Math.min(close < 0 ? text.length : close + 3, start + COMMENT_CHARS);
    const comment = text.slice(start, end);
    if (NAMES_READER.test(comment) && TELLS_READER.test(comment))
      grounds.push({
        name: 'hidden-comment',
        kind: 'hidden',
        weight: source === 'tool' ? 0.4 : 0.2,
        start,
        end,
      });
    start = text.indexOf('<!--', end);
  }
  return grounds;
};

/** Forged structure in a text; `left` says how much of a match's weight the words around it leave. */
export const forgeriesIn = (
  text: string,
  source: Source,
  left: (start: number, end: number, soften: boolean) => number,
): readonly Ground[] => {
  if (!SIGNS.test(text)) return [];
  const grounds: Ground[] = [...commentsIn(text, source)];
  const named = ROLE_NAMED.test(text);
  for (const { name, kind, pattern, user, tool, needs } of FORMS) {
    if (needs === 'role' ? !named : needs !== undefined && !text.includes(needs)) continue;
    const weight = source === 'tool' ? tool : user;
    if (weight === 0) continue;
    let matches = 0;
    pattern.lastIndex = 0;
    for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
      const end = match.index + match[0].length;
      grounds.push({
        name,
        kind,
        weight: weight * left(match.index, end, name === 'chat-token'),
        start: match.index,
        end,
      });
      matches += 1;
      if (matches >= MOST_MATCHES) break;
    }
  }
  return grounds;
};
