// What a language brings to the search for injection: for each slot of a sentence the words that can fill it.

/**
 * The slots. `ign` acts on instructions (ignore), `pri all your` say which (previous, all, your), `ins rul` are the object
 * (instructions; weaker: rules, text), `evt` is the object in one phrase (everything above). `rev` demands (reveal), `hid` is
 * the hidden (system prompt), `ver` how exactly. `now` gives an identity, `free` takes the bounds away, `pers` is a known
 * persona, `off safe` switch protection off, `obey` forbids refusing, `force` dictates the reply's beginning, `hyp` frames as
 * fiction, `harm` is what no frame makes harmless. `ai` addresses a machine that reads, `con` conceals from the user, `act dat`
 * carry data out, `inc` steers the answer, `new auth` claim new orders or authority, `dec` asks to decode and follow.
 * `role dark dan hush steer` are weaker or surer kinds of `now free pers con inc`, `send sec` of `act dat`, `top` of `hid`, `aim` of `ai`, `sct` surer `hid`; `gone`:
 * it holds no longer; `usr`: what the user asked; `dtl` asks for the details; `wo`: without; `dmp` surer `rev`;
 * `ask` asks for the hidden by itself, `pw` is a secret; `cnd` says when, and `say` what, to tell the user;
 * `asd` aside, `fgt` ends a role, `me` whom to follow; `ini txt yu gvn` describe the hidden in parts, `hrm` is weaker `harm`.
 * `men sof` speak about attacks or quote them: they lower what stands beside them.
 */
export const SLOTS = [
  ...([
    'ign',
    'pri',
    'all',
    'your',
    'ins',
    'rul',
    'evt',
    'rev',
    'hid',
    'ver',
    'now',
    'free',
    'pers',
  ] as const),
  ...(['off', 'safe', 'obey', 'force', 'hyp', 'harm', 'ai', 'con', 'act', 'dat', 'inc', 'new'] as const),
  ...(['auth', 'dec', 'men', 'sof', 'weak', 'role', 'dark', 'dan'] as const),
  ...([
    'hush',
    'send',
    'sec',
    'steer',
    'top',
    'aim',
    'gone',
    'usr',
    'sct',
    'dtl',
    'wo',
    'dmp',
    'ask',
    'pw',
    'cnd',
    'say',
    'asd',
    'fgt',
    'me',
    'ini',
    'txt',
    'yu',
    'gvn',
    'hrm',
  ] as const),
] as const;

export type Slot = (typeof SLOTS)[number];

/**
 * Words by slot, set apart by commas (`¸` is one inside a phrase); `*` after a word leaves its end open, before it its start. Written as people write;
 * case and Latin accents do not count.
 */
export type Phrases = Readonly<Partial<Record<Slot, string>>>;
