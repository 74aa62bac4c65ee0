// The command-line clients that are driven: how each is told of the gateway, and how one question is put to it without a person.
import type { Family } from '../clients/setup.ts';
import type { Talk } from '../kit/conversing/index.ts';

/** Where a client runs, and whom it asks. */
export interface Place {
  /** The gateway, scheme, host and port. */
  readonly url: string;
  readonly key: string;
  readonly model: string;
  /** An empty home of its own. */
  readonly home: string;
  /** The folder it works in. */
  readonly work: string;
}

/** A process to start. */
export interface Start {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Files to write before, by their absolute paths. */
  readonly files?: Readonly<Record<string, string>>;
}

/** A client, as one dialect of it. */
export interface CliClient {
  readonly name: string;
  /** The package that npm installs, and the command it brings. */
  readonly package: string;
  readonly command: string;
  readonly talk: Talk;
  readonly family: Family;
  start(place: Place, prompt: string): Start;
}

/** Nothing but the gateway can be reached: whatever else they ask for over TLS goes to a port where nobody listens. */
const ALONE = {
  HTTPS_PROXY: 'http://127.0.0.1:9',
  https_proxy: 'http://127.0.0.1:9',
  NO_PROXY: '127.0.0.1,localhost',
  no_proxy: '127.0.0.1,localhost',
  CI: '1',
  NO_COLOR: '1',
};

const claude: CliClient = {
  name: 'claude',
  package: '@anthropic-ai/claude-code',
  command: 'claude',
  talk: 'anthropic-messages',
  family: 'claude',
  start: ({ url, key, model }, prompt) => ({
    args: ['-p', prompt, '--model', model, '--allowedTools', 'Bash(cat:*)', '--output-format', 'text'],
    env: {
      ...ALONE,
      ANTHROPIC_BASE_URL: url,
      ANTHROPIC_AUTH_TOKEN: key,
      ANTHROPIC_DEFAULT_HAIKU_MODEL: model,
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
      CLAUDE_CODE_ENABLE_GATEWAY_MODEL_DISCOVERY: '1',
      DISABLE_AUTOUPDATER: '1',
    },
  }),
};

/** What it sends depends on the model: one it does not know gets plain functions, one it knows a script to run. */
const codex = (name: string, family: Family): CliClient => ({
  name,
  package: '@openai/codex',
  command: 'codex',
  talk: 'openai-responses',
  family,
  start: ({ url, model, home, work, key }, prompt) => ({
    args: ['exec', '--skip-git-repo-check', '--dangerously-bypass-approvals-and-sandbox', '-C', work, prompt],
    env: { ...ALONE, CODEX_HOME: `${home}/.codex`, GATEHOUSE_KEY: key },
    files: {
      [`${home}/.codex/config.toml`]: [
        `model = ${JSON.stringify(model)}`,
        'model_provider = "gatehouse"',
        'check_for_update_on_startup = false',
        '[analytics]',
        'enabled = false',
        '[model_providers.gatehouse]',
        'name = "Gatehouse"',
        `base_url = "${url}/v1"`,
        'env_key = "GATEHOUSE_KEY"',
        'wire_api = "responses"',
        '',
      ].join('\n'),
    },
  }),
});

/** The packages of the AI SDK by which opencode speaks each dialect; they are part of it. */
const SPEAKS = {
  'openai-chat': '@ai-sdk/openai-compatible',
  'openai-responses': '@ai-sdk/openai',
  'anthropic-messages': '@ai-sdk/anthropic',
} as const;

const opencode = (talk: keyof typeof SPEAKS): CliClient => ({
  name: `opencode, ${talk}`,
  package: 'opencode-ai',
  command: 'opencode',
  talk,
  family: talk === 'anthropic-messages' ? 'claude' : 'gpt',
  start: ({ url, key, model, work }, prompt) => ({
    args: ['run', '--pure', '-m', `gatehouse/${model}`, prompt],
    env: { ...ALONE, OPENCODE_DISABLE_AUTOUPDATE: '1', OPENCODE_DISABLE_MODELS_FETCH: '1' },
    files: {
      [`${work}/opencode.json`]: JSON.stringify({
        autoupdate: false,
        share: 'disabled',
        permission: { bash: 'allow' },
        small_model: `gatehouse/${model}`,
        provider: {
          gatehouse: {
            npm: SPEAKS[talk],
            options: { baseURL: `${url}/v1`, apiKey: key },
            models: { [model]: { limit: { context: 100_000, output: 8_000 } } },
          },
        },
      }),
    },
  }),
});

/** All that are driven. */
export const CLI_CLIENTS: readonly CliClient[] = [
  claude,
  codex('codex', 'gpt'),
  codex('codex with a model it knows', 'sol'),
  opencode('openai-chat'),
  opencode('openai-responses'),
  opencode('anthropic-messages'),
];
