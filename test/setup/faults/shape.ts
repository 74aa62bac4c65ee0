// Configurations whose text or shape is wrong, each with its one fault.

/** What, the text, the line, and the rest of the fault. */
export type Row = readonly [what: string, text: string, line: number, words: string | RegExp];

export const shape: readonly Row[] = [
  ['an unknown key at the top', 'teams: []\nteam: []', 2, 'team: is not a known key'],
  [
    'an unknown key of an item',
    'teams:\n  - name: hr\n    colour: red',
    3,
    'teams[0].colour: is not a known key',
  ],
  [
    'an unknown key of a target',
    'models:\n - name: m\n   targets:\n   - backend: lan\n     model: x\n     price: 1',
    6,
    'models[0].targets[0].price: is not a known key',
  ],
  [
    'a key to come of a backend',
    'backends:\n  - { name: b, provider: vllm, zone: cloud,\n      discover: true }',
    3,
    'backends[0].discover: is not supported yet',
  ],
  [
    'a key to come of a model',
    'models:\n- name: m\n  price: {}\n  targets: [{ backend: lan, model: m }]',
    3,
    'models[0].price: is not supported yet',
  ],
  [
    'a key to come of a use case',
    'use_cases:\n- name: u\n  team: hr\n  models: [m]\n  budgets: []',
    5,
    'use_cases[0].budgets: is not supported yet',
  ],
  [
    'a missing key',
    'teams: []\nuse_cases:\n  - name: u\n    models: [m]',
    3,
    'use_cases[0].team: is missing',
  ],
  ['a number for a name', 'teams:\n  - name: 12', 2, /^teams\[0\]\.name: .*expected string/],
  ['a text for a list', 'teams: hr', 1, /^teams: .*expected array/],
  ['a name with capitals', 'teams:\n  - name: HR', 2, /^teams\[0\]\.name: a name has 1 to 63/],
  [
    'a name declared twice',
    'teams:\n  - name: a\n  - name: b\n  - name: a',
    4,
    'teams[2].name: "a" is declared twice',
  ],
  ['a YAML key twice', 'teams: []\nmodels: []\nteams: []', 3, 'the key "teams" stands twice in one mapping'],
  [
    'a YAML key twice in an item',
    'teams:\n  - { name: a,\n      name: b }',
    3,
    'the key "name" stands twice in one mapping',
  ],
  ['a key that is a list', 'teams: []\n? [a]\n: b', 2, 'a key is a plain word'],
  [
    'a key that would be seen by nobody',
    'teams: []\n__proto__: { backends: [] }',
    2,
    'a key is a plain word',
  ],
  ['a flow mapping that does not end', 'teams:\n  - { name: a', 2, /Flow map/],
  ['a tab as indentation', 'teams:\n\t- name: a', 2, /Tabs are not allowed/],
  ['a second document', 'teams: []\n---\nteams: []', 2, /multiple documents/],
  ['a tag nobody resolves', 'backends:\n  - name: b\n    secret: !env KEY', 3, /Unresolved tag: !env/],
  [
    'a list at the top',
    '- name: hr',
    1,
    'a configuration is a mapping of teams, backends, models, policies, use_cases and keys',
  ],
  [
    'a text at the top',
    'hello',
    1,
    'a configuration is a mapping of teams, backends, models, policies, use_cases and keys',
  ],
  [
    'a provider to come',
    'backends:\n  - name: b\n    provider: bedrock\n    zone: cloud',
    3,
    'backends[0].provider: "bedrock" is not supported yet',
  ],
  [
    'no provider at all',
    'backends:\n  - name: b\n    provider: skynet\n    zone: cloud',
    3,
    /^backends\[0\]\.provider: "skynet" is not one of openai, /,
  ],
  [
    'a zone that is none',
    'backends:\n  - name: b\n    provider: vllm\n    zone: moon',
    4,
    /^backends\[0\]\.zone: .*on_prem/,
  ],
  [
    'an endpoint that is none',
    'use_cases:\n  - name: u\n    team: hr\n    models: [m]\n    endpoints: [chat, embedding]',
    5,
    'use_cases[0].endpoints[1]: "embedding" is not one of chat, completions, embeddings',
  ],
  [
    'an unknown key of a policy',
    'policies:\n  - name: p\n    request: { pii: mask }\n    replies: {}',
    4,
    'policies[0].replies: is not a known key',
  ],
  [
    'an unknown key of one way of a policy',
    'policies:\n  - name: p\n    request:\n      pii: mask\n      secret: block',
    5,
    'policies[0].request.secret: is not a known key',
  ],
  [
    'an action that is none',
    'policies:\n  - name: p\n    request: { pii: hide }',
    3,
    /^policies\[0\]\.request\.pii: /,
  ],
  [
    'an override that is no action',
    'policies:\n  - name: p\n    overrides:\n      us-ssn: hide',
    4,
    /^policies\[0\]\.overrides\.us-ssn: one of off, alert, mask/,
  ],
  [
    'a policy declared twice',
    'policies:\n  - name: p\n  - name: p',
    3,
    'policies[1].name: "p" is declared twice',
  ],
  [
    'no model at all',
    'use_cases:\n  - name: u\n    team: hr\n    models: []',
    4,
    /^use_cases\[0\]\.models: /,
  ],
];
