// Checks of credentials in longer texts: the password in a URL, in a connection string, in `user:password`, a seed phrase.
import type { Checks } from './check.ts';
import { passwordLike } from './secrets-likeness.ts';
import { placeholder } from './secrets-placeholder.ts';

/** The user and the password of a URL's authority (RFC 3986 section 3.2.1); undefined without a password. */
const userInfo = (url: string): readonly [string, string] | undefined => {
  const from = url.indexOf('://') + 3;
  const authority = url.slice(from).split('/', 1)[0] ?? '';
  const at = authority.lastIndexOf('@');
  const colon = authority.indexOf(':');
  return from > 2 && colon >= 0 && at > colon
    ? [authority.slice(0, colon), authority.slice(colon + 1, at)]
    : undefined;
};

/** Words for a password in a manual's URL; the real ones do not say what they are. */
const SAID =
  /^(?:(?:my|your|some|the|db)?_?pass(?:word|wd|phrase)?|pwd|pw|secret|token|key|passwort|contraseña|senha|motdepasse|p|xxx+|\.\.\.)$/i;

/** Whether a URL's password is one: no placeholder, and not the word "password" after the word "user". */
export const urlPassword = (url: string): boolean => {
  const [user, password] = userInfo(url) ?? [];
  if (user === undefined || password === undefined || password.length < 4 || placeholder(password))
    return false;
  return !(
    SAID.test(password) && /^(?:.*user.*|usr|login|foo|name|me|u|benutzer|usuario|utilisateur|)$/i.test(user)
  );
};

/** The password in `Server=...;Password=...;`: `PWD` is its other name. */
export const pairPassword = (pairs: string): boolean => {
  const found = /(?:^|[;&?\s])(?:password|pwd|pass)\s*=\s*['"{]?([^;&'"]*)/i.exec(pairs)?.[1]?.trim() ?? '';
  const bare = found.replace(/^[<[{$%]+|[>\]}%]+$/g, '');
  return bare.length > 2 && !placeholder(found) && !SAID.test(bare);
};

/** Words of every sentence that the list of BIP 39 leaves out. */
const PROSE = new Set(
  'the and for are was but his her she him has had our your its with from into were been their which would could not who'.split(
    ' ',
  ),
);
const SEED_WORDS = [12, 15, 18, 21, 24];

/** BIP 39: 12, 15, 18, 21 or 24 words of its list, none of them twice but by chance. The list itself is not asked. */
export const seedPhrase = (match: string): boolean => {
  const words = match.split(/[^a-z]+/).filter((word) => word !== '');
  if (!SEED_WORDS.includes(words.length) || words.some((word) => PROSE.has(word))) return false;
  return new Set(words).size > words.length - 4;
};

/** Names that stand before a colon without a password after it: headers, schemes, images, hosts. */
const LABEL =
  /^(?:https?|wss?|ftp|git|ssh|localhost|host|content-type|accept|authorization|user-agent|cookie|date|time|error|info|warn|debug|note|todo|image|port|version|sha\d+|urn|arn|data|id|name|key|user|username|login|e?mail|phone|tel|ref|order|ticket|case|build|commit|tag|zone|role|group|path|file|line|page|type|status|code|session|request|trace|span|tx|hash|url|uri|client|server|device|model|token|step|node|pod)$/i;

/** `user:password` as tools take it: a name that labels nothing else, and a password that looks like one. */
export const userPassword = (match: string): boolean => {
  const colon = match.indexOf(':');
  return !LABEL.test(match.slice(0, colon)) && passwordLike(match.slice(colon + 1));
};

export const secretsCredentialsChecks: Checks = {
  'url-password': urlPassword,
  'pair-password': pairPassword,
  'user-password': userPassword,
  'seed-phrase': seedPhrase,
};
