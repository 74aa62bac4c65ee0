// Configurations of the right shape that refer to what is not there, or say what may not be, each with its one fault.
import type { Row } from './shape.ts';

/** Against what faults.test.ts has applied before. */
export const references: readonly Row[] = [
  [
    'a team that is not there',
    'use_cases:\n  - name: u\n    team: ghosts\n    models: [m]',
    3,
    'use_cases[0].team: there is no team "ghosts"',
  ],
  [
    'a policy that is not there',
    'use_cases:\n  - name: u\n    team: hr\n    models: [m]\n    policy: strict',
    5,
    'use_cases[0].policy: there is no policy "strict"',
  ],
  [
    'an override of a pattern that is not there',
    'policies:\n  - name: default\n    overrides:\n      us-ssn: block\n      us-sn: block',
    5,
    'policies[0].overrides.us-sn: there is no pattern or pack of this name',
  ],
  [
    'a backend that is not there',
    'models:\n  - name: m\n    targets:\n      - { backend: lan, model: a }\n      - { backend: ghost, model: a }',
    5,
    'models[0].targets[1].backend: there is no backend "ghost"',
  ],
  [
    'a use case that is not there',
    'keys:\n  - name: k\n    use_case: ghost',
    3,
    'keys[0].use_case: there is no use case "ghost"',
  ],
  [
    'a URL with credentials',
    'backends:\n  - name: b\n    provider: vllm\n    zone: cloud\n    url: http://me:hunter22@lan',
    5,
    'backends[0].url: a URL holds no credentials; use "secret"',
  ],
  [
    'a URL with a query',
    'backends:\n  - name: b\n    provider: vllm\n    zone: cloud\n    url: http://lan/?key=hunter22',
    5,
    'backends[0].url: a URL has no query or fragment here',
  ],
  [
    'a URL that is a file',
    'backends:\n  - name: b\n    provider: vllm\n    zone: cloud\n    url: file:///etc/passwd',
    5,
    'backends[0].url: a URL begins with http:// or https://',
  ],
  [
    'no URL where the provider has none',
    'backends:\n  - name: b\n    provider: compatible\n    zone: cloud',
    2,
    /^backends\[0\]\.url: this provider has no address of its own/,
  ],
  [
    'a malformed reference',
    'backends:\n  - name: b\n    provider: vllm\n    zone: cloud\n    secret: "${env:A B}"',
    5,
    /^backends\[0\]\.secret: a secret is "\$\{env:NAME\}"/,
  ],
  [
    'a reference in the middle of a text',
    'backends:\n  - name: b\n    provider: vllm\n    zone: cloud\n    secret: "Bearer ${env:A}"',
    5,
    /^backends\[0\]\.secret: a secret is/,
  ],
  [
    'a reference as a shell writes it',
    'backends:\n  - name: b\n    provider: vllm\n    zone: cloud\n    secret: $OPENAI_API_KEY',
    5,
    /^backends\[0\]\.secret: a secret is/,
  ],
  [
    'a relative file',
    'backends:\n  - name: b\n    provider: vllm\n    zone: cloud\n    secret: "${file:secrets/key}"',
    5,
    /^backends\[0\]\.secret: a secret is/,
  ],
  [
    'an environment without the variable',
    'backends:\n  - name: b\n    provider: vllm\n    zone: cloud\n    secret: "${env:NOT_THERE}"',
    5,
    'backends[0].secret: the environment has no NOT_THERE',
  ],
  [
    'a file that is not there',
    'backends:\n  - name: b\n    provider: vllm\n    zone: cloud\n    secret: "${file:/not/there}"',
    5,
    /^backends\[0\]\.secret: the file \/not\/there cannot be read/,
  ],
  [
    "the gateway's own secret",
    'backends:\n  - name: b\n    provider: vllm\n    zone: cloud\n    secret: "${env:GATEHOUSE_SECRET}"',
    5,
    /^backends\[0\]\.secret: GATEHOUSE_SECRET is the gateway's own/,
  ],
  [
    'a secret to keep where there is none',
    'backends:\n  - name: b\n    provider: vllm\n    zone: cloud\n    secret: "${sealed}"',
    5,
    'backends[0].secret: no secret is stored to be kept',
  ],
  [
    'a secret to keep where there is a reference',
    'backends:\n  - name: lan\n    provider: vllm\n    zone: cloud\n    secret: "${sealed}"',
    5,
    'backends[0].secret: no secret is stored to be kept',
  ],
  [
    'a sealed key',
    'keys:\n  - name: k\n    use_case: chat\n    secret: "${sealed}"',
    4,
    /^keys\[0\]\.secret: a secret is/,
  ],
  [
    'a key that is too short',
    'keys:\n  - name: k\n    use_case: chat\n    secret: ${env:SHORT}',
    4,
    'keys[0].secret: a key needs at least 24 characters',
  ],
  [
    'a key that no header can carry',
    'keys:\n  - name: k\n    use_case: chat\n    secret: ${env:SPACED}',
    4,
    /^keys\[0\]\.secret: a key has printable ASCII/,
  ],
  [
    'a key that is another already',
    'keys:\n  - name: k\n    use_case: chat\n    secret: a-text-of-its-own-0123456789',
    4,
    'keys[0].secret: this is the key "told" already; every key has its own secret',
  ],
  [
    'one text for two keys',
    'keys:\n  - { name: k, use_case: chat, secret: two-of-one-text-0123456789 }\n  - { name: l, use_case: chat,\n      secret: two-of-one-text-0123456789 }',
    4,
    'keys[1].secret: the key "k" has the same; every key has its own secret',
  ],
  [
    'a key repurposed',
    'keys:\n  - name: bound\n    use_case: other',
    3,
    /^keys\[0\]\.use_case: the key "bound" is bound to "chat"; a key cannot be repurposed/,
  ],
  [
    'a date without a time',
    'keys:\n  - name: k\n    use_case: chat\n    expires_at: 2027-06-30',
    4,
    'keys[0].expires_at: a time with its offset, like 2027-06-30T00:00:00Z',
  ],
  [
    'a year no database has',
    'keys:\n  - name: k\n    use_case: chat\n    expires_at: 0000-01-01T00:00:00Z',
    4,
    'keys[0].expires_at: a time between the years 2000 and 9999',
  ],
  [
    'a NUL',
    'use_cases:\n  - name: u\n    team: hr\n    models: [m]\n    system_prompt: "a\\0b"',
    5,
    /^use_cases\[0\]\.system_prompt: holds a character that cannot be stored/,
  ],
  [
    'half a surrogate pair',
    'models:\n  - name: m\n    targets:\n      - backend: lan\n        model: "\\ud800"',
    5,
    /^models\[0\]\.targets\[0\]\.model: holds a character that cannot/,
  ],
];
