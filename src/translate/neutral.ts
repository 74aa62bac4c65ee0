// The neutral form, in which a request and its reply are carried from one dialect to another: the types of @ai-sdk/provider under
// our words. Types alone: a new version of that interface touches this file and what the compiler then shows.
import type {
  LanguageModelV4,
  LanguageModelV4CallOptions,
  LanguageModelV4Content,
  LanguageModelV4FinishReason,
  LanguageModelV4FunctionTool,
  LanguageModelV4GenerateResult,
  LanguageModelV4Message,
  LanguageModelV4Prompt,
  LanguageModelV4StreamPart,
  LanguageModelV4ToolChoice,
  LanguageModelV4ToolResultOutput,
  LanguageModelV4Usage,
  SharedV4ProviderOptions,
} from '@ai-sdk/provider';

/** A request without anything of its sending: no headers, no signal. */
export type Question = Omit<LanguageModelV4CallOptions, 'abortSignal' | 'headers' | 'includeRawChunks'>;

/** One message of a question. */
export type Message = LanguageModelV4Message;
export type Messages = LanguageModelV4Prompt;
/** A part of a message a user or an assistant said. */
export type UserPart = Extract<Message, { role: 'user' }>['content'][number];
export type AssistantPart = Extract<Message, { role: 'assistant' }>['content'][number];
export type ToolPart = Extract<Message, { role: 'tool' }>['content'][number];
export type ToolOutput = LanguageModelV4ToolResultOutput;
export type Tool = NonNullable<Question['tools']>[number];
export type FunctionTool = LanguageModelV4FunctionTool;
export type ToolChoice = LanguageModelV4ToolChoice;
/** What only some providers know, by the provider's name. Also what a dialect says that the neutral form has no word for. */
export type ProviderOptions = SharedV4ProviderOptions;

/** One piece of a reply that comes piece by piece. */
export type Part = LanguageModelV4StreamPart;
/** One piece of a whole reply. */
export type Content = LanguageModelV4Content;
export type FinishReason = LanguageModelV4FinishReason;
/** Tokens as the neutral form counts them. */
export type NeutralUsage = LanguageModelV4Usage;

/** A whole reply. `response` may name the upstream's own id of it and the model that answered. */
export type Answer = Pick<
  LanguageModelV4GenerateResult,
  'content' | 'finishReason' | 'usage' | 'providerMetadata'
> & {
  readonly response?: { readonly id?: string; readonly modelId?: string };
};

/** A model that is asked in the neutral form: what packages of the AI SDK make. */
export type NeutralModel = LanguageModelV4;
