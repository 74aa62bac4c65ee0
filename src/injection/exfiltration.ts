// Data on its way out in a reply: images and links that a client fetches or shows, with more in their address than an address needs.
import type { Ground, Scored } from './reason.ts';
import { scoreOf } from './reason.ts';

/** Addresses looked at in one reply, and how much of each, in characters. */
const MOST_ADDRESSES = 256;
const ADDRESS_CHARS = 8_192;

type Form = { readonly name: string; readonly pattern: RegExp; readonly fetched: boolean };

/** `fetched`: a client asks for it without anybody clicking. */
const FORMS: readonly Form[] = [
  {
    name: 'markdown-image',
    fetched: true,
    pattern: /!\[[^\]\n]{0,500}\]\(\s{0,3}<?([a-z][a-z+]{1,9}:\/\/[^\s)>]{4,8192}|\/\/[^\s)>]{4,8192})/gi,
  },
  {
    name: 'reference-image',
    fetched: true,
    pattern: /(?:^|\n)\s{0,3}\[[^\]\n]{1,200}\]:\s{0,4}<?(https?:\/\/[^\s>]{4,8192})/gi,
  },
  {
    name: 'html-source',
    fetched: true,
    pattern:
      /<(?:img|iframe|script|source|video|audio|embed|link|object|input|body|form|image)\b[^>]{0,400}?\b(?:src|srcset|href|data|background|action|poster)\s{0,3}=\s{0,3}["']?\s{0,3}((?:https?:)?\/\/[^\s"'>]{4,8192})/gi,
  },
  { name: 'style-url', fetched: true, pattern: /url\(\s{0,3}["']?((?:https?:)?\/\/[^\s"')]{4,8192})/gi },
  { name: 'link', fetched: false, pattern: /\]\(\s{0,3}<?(https?:\/\/[^\s)>]{4,8192})/gi },
  {
    name: 'html-link',
    fetched: false,
    pattern: /<a\b[^>]{0,400}?\bhref\s{0,3}=\s{0,3}["']?(https?:\/\/[^\s"'>]{4,8192})/gi,
  },
];

/** Names of parameters that carry what was said. */
const CARRIER =
  /^(?:q|d|p|data|payload|msg|message|text|c|content|conversation|history|chat|info|secret|secrets|leak|exfil|stolen|prompt|context|token|key|apikey|api_key|password|pass|pwd|ssn|email|user|summary|log|dump|body|cookie|session|x|b64|base64|s|e|creds|cred|name|note|value|v|query|input|output|answer|response|record|profile|address|card|account)$/i;
const PLACEHOLDER =
  /\{\{?\s?[\w .-]{2,60}\}?\}|%7B|\$\{[\w .]{1,60}\}|<[\w .-]{2,60}>|\[(?:[A-Z_ ]{3,60}|[a-z]+[_ ][a-z_ ]{2,60})\]|(?:BASE64|URLENCODED?|ENCODED|INSERT|YOUR)[_ A-Z]{3,60}/;
/** Longer values of a parameter are not names or numbers. In characters. */
const LONG_VALUE = 40;
/** What signed and sized images of known makers carry; none of it was said in a conversation. */
const ORDINARY =
  /^(?:utm_\w+|w|h|width|height|size|format|fm|fit|crop|quality|auto|dpr|x-amz-\w[\w-]*|x-goog-\w[\w-]*|signature|sig|expires|policy|key-pair-id|se|sp|sv|sr|st|spr|skoid|sktid|ske|skt|sks|skv|hash|ver|version|ixlib|ixid|rs|pid|imgurl|alt|token)$/i;

const readable = (value: string): string => {
  try {
    return decodeURIComponent(value.replace(/\+/g, ' '));
  } catch {
    return value;
  }
};

const plainOfValue = (value: string): string => {
  if (!/^[A-Za-z0-9+/_=-]{12,}$/.test(value)) return '';
  try {
    return atob(value.replace(/-/g, '+').replace(/_/g, '/').replace(/=+$/, ''));
  } catch {
    return '';
  }
};

/** How surely one value carries something said. */
const weightOfValue = (name: string, value: string): number => {
  if (PLACEHOLDER.test(value)) return 0.8;
  if (ORDINARY.test(name)) return 0;
  const said = readable(value);
  const hidden = plainOfValue(said);
  const carrier = CARRIER.test(name);
  if (hidden.length >= 8 && /^[\t\n\r -~]+$/.test(hidden) && /[a-z ]{4}/i.test(hidden)) return 0.85;
  const words = said.split(/[\s_,;|]+/).length;
  if (words >= 6) return carrier ? 0.8 : 0.6;
  if (
    /[\w.+-]@[\w-]+\.\w|\b\d{3}-\d{2}-\d{4}\b|\bsk-\w{8}|\b(?:\d[ -]?){13,16}\b|password|secret/i.test(said)
  )
    return 0.75;
  if (value.length >= LONG_VALUE) return carrier ? 0.6 : 0.3;
  return carrier && words >= 3 ? 0.45 : 0;
};

/** How surely an address carries data. */
const weightOfAddress = (address: string): number => {
  const cut = address.slice(0, ADDRESS_CHARS);
  const mark = cut.search(/[?#;]/);
  let most = 0;
  if (mark >= 0)
    for (const pair of cut.slice(mark + 1).split(/[&;#]/)) {
      const equals = pair.indexOf('=');
      const name = equals < 0 ? '' : pair.slice(0, equals);
      most = Math.max(most, weightOfValue(name, equals < 0 ? pair : pair.slice(equals + 1)));
    }
  const path = (mark < 0 ? cut : cut.slice(0, mark)).replace(/^[a-z+]*:?\/\//i, '');
  for (const part of path.split('/').slice(1)) {
    if (PLACEHOLDER.test(part)) most = Math.max(most, 0.75);
    const hidden = plainOfValue(part.replace(/\.\w{2,4}$/, ''));
    if (hidden.length >= 12 && /^[\t\n\r -~]+$/.test(hidden) && /[a-z]{3} [a-z]{2}/i.test(hidden))
      most = Math.max(most, 0.8);
  }
  // Data in the name of the host: it is asked of the owner's name server.
  const host = path.split('/')[0] ?? '';
  if (/^[a-z0-9-]{40,63}\./i.test(host) || PLACEHOLDER.test(host)) most = Math.max(most, 0.5);
  return most;
};

/** Whether a reply carries data out in what its reader's client fetches, or is led to click. */
export const exfiltration = (text: string): Scored => {
  if (!text.includes('//')) return scoreOf([]);
  const grounds: Ground[] = [];
  let addresses = 0;
  for (const { name, pattern, fetched } of FORMS) {
    pattern.lastIndex = 0;
    for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
      if (addresses >= MOST_ADDRESSES) return scoreOf(grounds);
      addresses += 1;
      const weight = weightOfAddress(match[1] ?? '') * (fetched ? 1 : 0.6);
      if (weight > 0)
        grounds.push({
          name,
          kind: 'exfiltration',
          weight,
          start: match.index,
          end: match.index + match[0].length,
        });
    }
  }
  return scoreOf(grounds);
};
