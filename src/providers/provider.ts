// The contract of the providers rack: a kind of upstream, how to address it and authenticate to it.
import type { CallDialectName } from '../dialects/dialect.ts';
import type { Incoming, Outgoing } from '../ports.ts';

export type ProviderName =
  | 'openai'
  | 'azure'
  | 'anthropic'
  | 'ollama'
  | 'vllm'
  | 'sglang'
  | 'trtllm'
  | 'llamacpp'
  | 'compatible'
  | 'pretend';

export type Provider = {
  readonly name: ProviderName;
  /** The dialects it speaks natively. */
  readonly dialects: readonly CallDialectName[];
  /** Its address when a backend names none; null: a backend must. */
  readonly defaultUrl: string | null;
  readonly needsSecret: boolean;
  /** The full URL a dialect's request goes to. `url` is the backend's, without a slash at its end. */
  address(url: string, dialect: CallDialectName): string;
  /** Headers its API asks for, unless the caller sends them. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The headers that carry the secret. */
  authorize(secret: string): Readonly<Record<string, string>>;
  /** Answers by itself, in place of the fetch port. */
  readonly answer?: (outgoing: Outgoing) => Promise<Incoming>;
};
