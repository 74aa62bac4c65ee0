// Tokens with a prefix of their vendor's: the prefix says what they are, so only a stand-in's own words speak against them.
import type { Checks } from './check.ts';

/** What manuals and masks put in a token's place. */
const STAND_INS =
  /example|placeholder|redacted|censored|dummy|sample|foobar|change_?me|insert|replace|your[-_.]?(?:api|app|bot|key|token|secret|own|workspace)|[-_.]your[-_.]|[-_.](?:token|key|secret)[-_.]here|goes[-_.]?here|xxxx|0000000|\*\*\*|\.\.\.|…/i;

/** As many characters in a row, each the same, are typed, not drawn. */
const SAME = /([A-Za-z0-9])\1{6}/;
/** Numbers of accounts, teams and apps inside tokens: `123456789` is as good as any. */
const NUMBERS = /\d{7,20}/g;
/** As many letters in the alphabet's order are typed, too. */
const NEXT = 8;

const alphabetical = (text: string): boolean => {
  let next = 1;
  for (let i = 1; i < text.length; i++) {
    const code = text.charCodeAt(i);
    next = code === text.charCodeAt(i - 1) + 1 && code > 64 ? next + 1 : 1;
    if (next >= NEXT) return true;
  }
  return false;
};

/**
 * Whether a token of a vendor's shape was issued rather than written as a stand-in. Formats: the vendors' API documentation;
 * milder than `not-placeholder`, since after `xoxb-` or `sk_live_` hardly anything else can follow.
 */
export const issuedToken = (token: string): boolean =>
  !STAND_INS.test(token) && !SAME.test(token.replace(NUMBERS, '-')) && !alphabetical(token);

export const secretsSaasChecks: Checks = {
  'issued-token': issuedToken,
};
