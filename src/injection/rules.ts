// Which words beside each other make an attack, and how much it weighs. Data: a rule needs all its slots within some characters.
import type { Slot } from './phrases/phrases.ts';

export type Rule = {
  readonly name: string;
  /** Rules of one kind do not add up. */
  readonly kind: string;
  readonly slots: readonly Slot[];
  /** How far apart its first and last word may begin and end, in characters. */
  readonly within: number;
  readonly user: number;
  readonly tool: number;
  /** Of English, when it differs: its words are many, and looser. */
  readonly english?: number;
  /** Its words stand in one sentence. */
  readonly clause?: boolean;
  /** Its first slot is told to the reader in English: imperative, not negated, not about somebody. */
  readonly lead?: boolean;
  /** In English its first slot comes first. */
  readonly ordered?: boolean;
  /** Besides, an address, a URL or an account stands beside it. */
  readonly goal?: boolean;
};

const clause = true;
const lead = true;
const ordered = true;

const OVERRIDE: readonly Rule[] = [
  { name: 'override', kind: 'override', slots: ['ign', 'pri', 'ins'], within: 85, user: 0.75, tool: 0.85, clause, lead },
  { name: 'override-all', kind: 'override', slots: ['ign', 'all', 'ins'], within: 50, user: 0.55, tool: 0.65, clause, lead },
  { name: 'override-your', kind: 'override', slots: ['ign', 'your', 'ins'], within: 55, user: 0.65, tool: 0.75, clause, lead },
  { name: 'override-everything', kind: 'override', slots: ['ign', 'evt'], within: 75, user: 0.68, tool: 0.8, clause, lead },
  { name: 'override-context', kind: 'override', slots: ['ign', 'pri', 'rul'], within: 65, user: 0.58, tool: 0.7, english: 0.52, clause, lead },
  { name: 'override-your-rules', kind: 'override', slots: ['ign', 'your', 'rul'], within: 50, user: 0.56, tool: 0.66, english: 0.52, clause, lead },
  { name: 'override-all-rules', kind: 'override', slots: ['ign', 'all', 'rul'], within: 45, user: 0.45, tool: 0.55, english: 0.3, clause, lead },
  { name: 'override-instructions', kind: 'override', slots: ['ign', 'ins'], within: 35, user: 0.32, tool: 0.45, english: 0.25, clause, lead },
  { name: 'override-hidden', kind: 'override', slots: ['ign', 'hid'], within: 50, user: 0.6, tool: 0.7, clause, lead },
  { name: 'void', kind: 'override', slots: ['gone', 'pri', 'ins'], within: 80, user: 0.45, tool: 0.42, clause },
  { name: 'void-your', kind: 'override', slots: ['gone', 'your', 'ins'], within: 75, user: 0.62, tool: 0.62, clause },
  { name: 'void-your-rules', kind: 'override', slots: ['gone', 'your', 'rul'], within: 65, user: 0.5, tool: 0.5, clause },
  { name: 'void-hidden', kind: 'override', slots: ['gone', 'sct'], within: 70, user: 0.6, tool: 0.6, clause },
  { name: 'void-everything', kind: 'override', slots: ['gone', 'evt'], within: 70, user: 0.5, tool: 0.5, clause },
  { name: 'erase-your', kind: 'override', slots: ['off', 'your', 'ins'], within: 55, user: 0.52, tool: 0.6, clause, lead },
  { name: 'override-freely', kind: 'override', slots: ['ign', 'rul', 'wo'], within: 95, user: 0.58, tool: 0.6, clause, lead },
  { name: 'override-unbound', kind: 'override', slots: ['ign', 'rul', 'free'], within: 95, user: 0.58, tool: 0.6, clause, lead },
  { name: 'erase-rules', kind: 'override', slots: ['off', 'your', 'rul'], within: 50, user: 0.4, tool: 0.45, clause, lead },
  { name: 'override-user', kind: 'override', slots: ['ign', 'usr'], within: 45, user: 0.4, tool: 0.62, clause, lead },
  { name: 'override-before', kind: 'override', slots: ['ign', 'pri', 'all'], within: 40, user: 0.3, tool: 0.4, english: 0.15, clause, lead },
  { name: 'new-orders', kind: 'orders', slots: ['new', 'ign'], within: 160, user: 0.3, tool: 0.35, english: 0.15 },
  { name: 'new-orders-void', kind: 'orders', slots: ['new', 'gone'], within: 160, user: 0.25, tool: 0.3 },
  { name: 'new-orders-for-you', kind: 'orders', slots: ['new', 'now'], within: 160, user: 0.2, tool: 0.3, english: 0.15 },
];
const REVEAL: readonly Rule[] = [
  { name: 'reveal', kind: 'reveal', slots: ['rev', 'hid'], within: 85, user: 0.62, tool: 0.68, english: 0.36, clause, lead },
  { name: 'reveal-your', kind: 'reveal', slots: ['rev', 'your', 'hid'], within: 90, user: 0.68, tool: 0.75, clause, lead },
  { name: 'reveal-secret', kind: 'reveal', slots: ['dmp', 'sct'], within: 75, user: 0.54, tool: 0.58, clause, lead, ordered },
  { name: 'reveal-private', kind: 'reveal', slots: ['rev', 'sct'], within: 75, user: 0.38, tool: 0.4, clause, lead, ordered },
  { name: 'reveal-your-top', kind: 'reveal', slots: ['rev', 'your', 'top'], within: 80, user: 0.4, tool: 0.45, clause, lead },
  { name: 'reveal-given', kind: 'reveal', slots: ['rev', 'ver', 'ins'], within: 90, user: 0.55, tool: 0.55, english: 0.35, clause, lead },
  { name: 'verbatim-given', kind: 'reveal', slots: ['ver', 'pri', 'ins'], within: 80, user: 0.52, tool: 0.52, english: 0.3, clause },
  { name: 'reveal-verbatim', kind: 'reveal', slots: ['rev', 'hid', 'ver'], within: 150, user: 0.68, tool: 0.72, lead },
  { name: 'verbatim', kind: 'reveal', slots: ['ver', 'hid'], within: 70, user: 0.4, tool: 0.45, clause },
  { name: 'reveal-top', kind: 'reveal', slots: ['rev', 'top'], within: 70, user: 0.24, tool: 0.34, clause, lead },
  { name: 'reveal-top-verbatim', kind: 'reveal', slots: ['rev', 'top', 'ver'], within: 140, user: 0.52, tool: 0.56, lead },
  { name: 'reveal-instructions', kind: 'reveal', slots: ['rev', 'your', 'ins'], within: 60, user: 0.5, tool: 0.55, clause, lead, ordered },
  { name: 'reveal-everything', kind: 'reveal', slots: ['rev', 'evt'], within: 60, user: 0.3, tool: 0.35, english: 0.24, clause, lead },
  { name: 'asked-hidden', kind: 'asked', slots: ['ask'], within: 60, user: 0.4, tool: 0.4 },
  { name: 'asked-hidden-verbatim', kind: 'asked', slots: ['ask', 'ver'], within: 120, user: 0.5, tool: 0.5 },
  { name: 'asked-hidden-repeat', kind: 'asked', slots: ['ask', 'dmp'], within: 100, user: 0.5, tool: 0.5 },
  { name: 'secret', kind: 'secret', slots: ['dmp', 'pw'], within: 60, user: 0.22, tool: 0.3, clause, lead },
  { name: 'reveal-all', kind: 'extent', slots: ['rev', 'evt', 'ver'], within: 120, user: 0.3, tool: 0.3, lead },
];
const PERSONA: readonly Rule[] = [
  { name: 'unbound', kind: 'persona', slots: ['now', 'free'], within: 170, user: 0.6, tool: 0.65, english: 0.58 },
  { name: 'unbound-without', kind: 'persona', slots: ['now', 'wo', 'rul'], within: 130, user: 0.56, tool: 0.6 },
  { name: 'unbound-unsafe', kind: 'persona', slots: ['now', 'wo', 'safe'], within: 130, user: 0.56, tool: 0.6 },
  { name: 'unbound-role', kind: 'persona', slots: ['role', 'free'], within: 150, user: 0.52, tool: 0.56 },
  { name: 'darkened', kind: 'persona', slots: ['now', 'dark'], within: 130, user: 0.38, tool: 0.45 },
  { name: 'darkened-role', kind: 'persona', slots: ['role', 'dark', 'weak'], within: 170, user: 0.46, tool: 0.5 },
  { name: 'unbound-answer', kind: 'bounds', slots: ['free', 'obey'], within: 300, user: 0.5, tool: 0.5 },
  { name: 'unbound-demand', kind: 'bounds', slots: ['free', 'rev'], within: 100, user: 0.28, tool: 0.2, lead },
  { name: 'unbound-rules', kind: 'bounds', slots: ['free', 'safe', 'your'], within: 120, user: 0.3, tool: 0.35, english: 0.2 },
  { name: 'unbound-machine', kind: 'bounds', slots: ['free', 'weak'], within: 70, user: 0.3, tool: 0.3, english: 0.25 },
  { name: 'mode', kind: 'mode', slots: ['pers', 'now'], within: 150, user: 0.45, tool: 0.5, clause },
  { name: 'mode-unbound', kind: 'mode', slots: ['pers', 'free'], within: 250, user: 0.55, tool: 0.6 },
  { name: 'mode-darkened', kind: 'mode', slots: ['pers', 'dark'], within: 200, user: 0.45, tool: 0.5 },
  { name: 'mode-role', kind: 'mode', slots: ['pers', 'role', 'your'], within: 120, user: 0.4, tool: 0.45 },
  { name: 'mode-answer', kind: 'mode', slots: ['pers', 'obey'], within: 250, user: 0.5, tool: 0.55 },
  { name: 'mode-safety', kind: 'mode', slots: ['pers', 'safe'], within: 160, user: 0.45, tool: 0.5 },
  { name: 'known-persona', kind: 'mode', slots: ['dan'], within: 60, user: 0.5, tool: 0.55 },
  { name: 'known-persona-now', kind: 'mode', slots: ['dan', 'now'], within: 200, user: 0.65, tool: 0.7 },
  { name: 'known-persona-role', kind: 'mode', slots: ['dan', 'role'], within: 200, user: 0.62, tool: 0.65 },
  { name: 'safety-off', kind: 'safety', slots: ['off', 'safe'], within: 50, user: 0.5, tool: 0.55, english: 0.27, clause, lead },
  { name: 'safety-off-your', kind: 'safety', slots: ['off', 'your', 'safe'], within: 65, user: 0.56, tool: 0.6, clause, lead },
  { name: 'safety-off-all', kind: 'safety', slots: ['off', 'all', 'safe'], within: 55, user: 0.5, tool: 0.55, english: 0.42, clause, lead },
  { name: 'safety-gone', kind: 'safety', slots: ['gone', 'your', 'safe'], within: 80, user: 0.55, tool: 0.5, clause },
  { name: 'safety-gone-all', kind: 'safety', slots: ['gone', 'all', 'safe'], within: 60, user: 0.42, tool: 0.35, clause },
  { name: 'safety-ignored', kind: 'safety', slots: ['ign', 'safe'], within: 50, user: 0.48, tool: 0.5, english: 0.42, clause, lead },
  { name: 'no-refusal', kind: 'refusal', slots: ['obey', 'now'], within: 250, user: 0.35, tool: 0.4 },
  { name: 'no-refusal-role', kind: 'refusal', slots: ['obey', 'role'], within: 220, user: 0.35, tool: 0.4 },
  { name: 'no-refusal-harm', kind: 'refusal', slots: ['obey', 'harm'], within: 350, user: 0.5, tool: 0.5 },
  { name: 'no-refusal-darkened', kind: 'refusal', slots: ['obey', 'dark'], within: 200, user: 0.4, tool: 0.4 },
  { name: 'no-refusal-said', kind: 'refusal', slots: ['obey'], within: 80, user: 0.12, tool: 0.15 },
  { name: 'forced-start', kind: 'forced', slots: ['force'], within: 80, user: 0.26, tool: 0.3 },
  { name: 'forced-start-harm', kind: 'forced', slots: ['force', 'harm'], within: 350, user: 0.55, tool: 0.55 },
  { name: 'forced-start-answer', kind: 'forced', slots: ['force', 'obey'], within: 250, user: 0.5, tool: 0.5 },
  { name: 'harm-framed', kind: 'harm', slots: ['hyp', 'harm'], within: 280, user: 0.42, tool: 0.3 },
  { name: 'harm-framed-detail', kind: 'harm', slots: ['hyp', 'dtl', 'harm'], within: 280, user: 0.53, tool: 0.4 },
  { name: 'harm-role-detail', kind: 'harm', slots: ['role', 'dtl', 'harm'], within: 280, user: 0.55, tool: 0.4 },
  { name: 'harm-detail', kind: 'harm', slots: ['dtl', 'harm'], within: 80, user: 0.2, tool: 0.1 },
  { name: 'harm-by-role', kind: 'harm', slots: ['now', 'harm'], within: 280, user: 0.45, tool: 0.35 },
  { name: 'harm-by-role-as', kind: 'harm', slots: ['role', 'harm'], within: 280, user: 0.42, tool: 0.3 },
  { name: 'harm-unbound', kind: 'harm', slots: ['free', 'harm'], within: 300, user: 0.55, tool: 0.5 },
  { name: 'harm-darkened', kind: 'frame', slots: ['dark', 'harm'], within: 250, user: 0.42, tool: 0.35 },
  { name: 'harm-ordered', kind: 'harm', slots: ['ign', 'safe', 'harm'], within: 250, user: 0.6, tool: 0.55 },
  { name: 'harm-frames', kind: 'frame', slots: ['hyp', 'role', 'harm'], within: 350, user: 0.3, tool: 0.2 },
];
const AUTHORITY: readonly Rule[] = [
  { name: 'authority-hidden', kind: 'authority', slots: ['auth', 'hid'], within: 220, user: 0.4, tool: 0.5 },
  { name: 'authority-safety', kind: 'authority', slots: ['auth', 'off', 'safe'], within: 200, user: 0.45, tool: 0.5 },
  { name: 'authority-override', kind: 'authority', slots: ['auth', 'ign', 'ins'], within: 200, user: 0.4, tool: 0.5 },
  { name: 'authority-mode', kind: 'authority', slots: ['auth', 'pers'], within: 160, user: 0.45, tool: 0.5 },
  { name: 'authority-unbound', kind: 'authority', slots: ['auth', 'free'], within: 200, user: 0.45, tool: 0.5 },
  { name: 'authority-your', kind: 'authority', slots: ['auth', 'your', 'ins'], within: 160, user: 0.35, tool: 0.45 },
  { name: 'authority-data', kind: 'authority', slots: ['auth', 'sec', 'rev'], within: 160, user: 0.35, tool: 0.45 },
  { name: 'decode-and-follow', kind: 'decode', slots: ['dec', 'new'], within: 80, user: 0.25, tool: 0.35 },
];
const ADDRESSED: readonly Rule[] = [
  { name: 'addressed', kind: 'addressed', slots: ['ai'], within: 60, user: 0.1, tool: 0.3 },
  { name: 'addressed-steer', kind: 'addressed', slots: ['ai', 'steer'], within: 240, user: 0.5, tool: 0.66 },
  { name: 'addressed-act', kind: 'addressed', slots: ['ai', 'act', 'dat'], within: 260, user: 0.4, tool: 0.64 },
  { name: 'addressed-action', kind: 'addressed', slots: ['ai', 'act'], within: 110, user: 0.25, tool: 0.54 },
  { name: 'addressed-data', kind: 'addressed', slots: ['ai', 'sec'], within: 200, user: 0.35, tool: 0.54 },
  { name: 'addressed-answer', kind: 'addressed', slots: ['ai', 'inc'], within: 160, user: 0.34, tool: 0.6 },
  { name: 'addressed-override', kind: 'addressed', slots: ['ai', 'ign'], within: 180, user: 0.4, tool: 0.64 },
  { name: 'addressed-orders', kind: 'addressed', slots: ['ai', 'new'], within: 180, user: 0.3, tool: 0.56 },
  { name: 'addressed-reveal', kind: 'addressed', slots: ['ai', 'rev', 'hid'], within: 220, user: 0.4, tool: 0.6 },
  { name: 'addressed-concealed', kind: 'addressed', slots: ['ai', 'con'], within: 400, user: 0.6, tool: 0.75 },
  { name: 'addressed-hushed', kind: 'addressed', slots: ['ai', 'hush'], within: 300, user: 0.4, tool: 0.62 },
  { name: 'named', kind: 'addressed', slots: ['aim'], within: 60, user: 0.02, tool: 0.08 },
  { name: 'named-steer', kind: 'addressed', slots: ['aim', 'steer'], within: 200, user: 0.26, tool: 0.54 },
  { name: 'named-act', kind: 'addressed', slots: ['aim', 'act', 'sec'], within: 200, user: 0.28, tool: 0.54 },
  { name: 'named-override', kind: 'addressed', slots: ['aim', 'ign'], within: 120, user: 0.3, tool: 0.54 },
  { name: 'named-orders', kind: 'addressed', slots: ['aim', 'new'], within: 120, user: 0.2, tool: 0.5 },
  { name: 'named-answer', kind: 'addressed', slots: ['aim', 'inc'], within: 100, user: 0.12, tool: 0.4 },
  { name: 'named-action', kind: 'addressed', slots: ['aim', 'act'], within: 60, user: 0.06, tool: 0.28 },
  { name: 'named-order', kind: 'addressed', slots: ['aim', 'act'], within: 28, user: 0.2, tool: 0.5, ordered },
  { name: 'named-goal', kind: 'addressed', slots: ['aim', 'act'], within: 80, user: 0.2, tool: 0.52, goal: true },
  { name: 'named-concealed', kind: 'addressed', slots: ['aim', 'con'], within: 300, user: 0.5, tool: 0.66 },
  { name: 'named-hushed', kind: 'addressed', slots: ['aim', 'hush'], within: 200, user: 0.2, tool: 0.45 },
];
const INDIRECT: readonly Rule[] = [
  { name: 'concealed', kind: 'concealed', slots: ['con'], within: 80, user: 0.36, tool: 0.52 },
  { name: 'concealed-act', kind: 'concealed', slots: ['con', 'act'], within: 220, user: 0.55, tool: 0.68 },
  { name: 'hushed-act', kind: 'concealed', slots: ['hush', 'send', 'sec'], within: 220, user: 0.5, tool: 0.62 },
  { name: 'hushed-steer', kind: 'concealed', slots: ['hush', 'steer'], within: 220, user: 0.28, tool: 0.52 },
  { name: 'hushed-goal', kind: 'concealed', slots: ['hush', 'act'], within: 180, user: 0.2, tool: 0.45, goal: true, lead },
  { name: 'carry-out', kind: 'exfiltration', slots: ['send', 'sec'], within: 160, user: 0.12, tool: 0.52, goal: true, lead },
  { name: 'carry-out-data', kind: 'exfiltration', slots: ['act', 'dat'], within: 140, user: 0.05, tool: 0.2, english: 0.12, goal: true, lead },
  { name: 'carry-out-words', kind: 'exfiltration', slots: ['send', 'hid'], within: 140, user: 0.4, tool: 0.55, lead },
  { name: 'steered', kind: 'steered', slots: ['steer'], within: 80, user: 0.02, tool: 0.16 },
  { name: 'steered-orders', kind: 'steered', slots: ['steer', 'new'], within: 200, user: 0.1, tool: 0.4 },
  { name: 'steered-when', kind: 'steered', slots: ['cnd', 'say'], within: 130, user: 0.08, tool: 0.6 },
  { name: 'steered-data', kind: 'steered', slots: ['cnd', 'sec'], within: 160, user: 0.08, tool: 0.45 },
  { name: 'ordered-data', kind: 'exfiltration', slots: ['inc', 'act', 'sec'], within: 130, user: 0.1, tool: 0.48, lead },
  { name: 'steered-act', kind: 'steered', slots: ['steer', 'send'], within: 160, user: 0.05, tool: 0.34, goal: true, lead },
  { name: 'steered-answer', kind: 'steered', slots: ['steer', 'inc'], within: 120, user: 0.05, tool: 0.34 },
];

export const RULES: readonly Rule[] = [
  ...OVERRIDE,
  ...REVEAL,
  ...PERSONA,
  ...AUTHORITY,
  ...ADDRESSED,
  ...INDIRECT,
];
