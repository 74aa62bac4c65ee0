// The response object of OpenAI's responses, and the JSON of its items. What was asked at length (tools, instructions) is not said back:
// no client reads it, and every word of a reply is inspected.
import type { JsonObject } from '../../json/value.ts';
import { at } from '../../json/value.ts';
import type { Head } from '../ingress.ts';
import type { FinishReason, NeutralUsage } from '../neutral.ts';

/** What a response says back of its request. */
export const echoOf = (body: JsonObject): JsonObject => ({
  background: false,
  instructions: null,
  max_output_tokens: body.max_output_tokens ?? null,
  max_tool_calls: null,
  metadata: body.metadata ?? {},
  parallel_tool_calls: body.parallel_tool_calls ?? true,
  previous_response_id: null,
  prompt_cache_key: body.prompt_cache_key ?? null,
  reasoning: {
    effort: at(body.reasoning, 'effort') ?? null,
    summary: at(body.reasoning, 'summary') ?? null,
  },
  safety_identifier: body.safety_identifier ?? null,
  service_tier: body.service_tier ?? 'auto',
  store: false,
  temperature: body.temperature ?? null,
  text: { format: at(body.text, 'format') ?? { type: 'text' } },
  tool_choice: body.tool_choice ?? 'auto',
  tools: [],
  top_logprobs: 0,
  top_p: body.top_p ?? null,
  truncation: 'disabled',
  user: body.user ?? null,
});

/** How a response ended. */
export type Ended = {
  readonly status: 'in_progress' | 'completed' | 'incomplete' | 'failed';
  readonly incomplete?: 'max_output_tokens' | 'content_filter';
};

/** How a finish is told; `refused`: the model said in a refusal's own place that it refuses, and so ended well. */
export const endedBy = ({ unified }: FinishReason, refused: boolean): Ended => {
  if (unified === 'length') return { status: 'incomplete', incomplete: 'max_output_tokens' };
  if (unified === 'content-filter' && !refused) return { status: 'incomplete', incomplete: 'content_filter' };
  return { status: unified === 'error' ? 'failed' : 'completed' };
};

/** A response as JSON text. `output`: its items, each as JSON text. */
export const responseText = (
  {
    id,
    model,
    head,
    echo,
  }: { readonly id: string; readonly model: string; readonly head: Head; readonly echo: string },
  { status, incomplete }: Ended,
  output: readonly string[],
  usage: NeutralUsage | undefined,
): string => {
  const error = status === 'failed' ? FAILED : 'null';
  const details = incomplete === undefined ? 'null' : `{"reason":"${incomplete}"}`;
  return `{"id":"${id}","object":"response","created_at":${Math.floor(head.createdAtMs / 1000)},"status":"${status}","error":${error},"incomplete_details":${details},"model":${JSON.stringify(model)},"output":[${output.join(',')}],"usage":${usageText(usage)},${echo.slice(1)}`;
};

const FAILED = '{"code":"server_error","message":"The model ended with an error."}';

const usageText = (usage: NeutralUsage | undefined): string => {
  if (usage === undefined) return 'null';
  const { noCache, cacheRead, cacheWrite } = usage.inputTokens;
  const parts = [noCache, cacheRead, cacheWrite].filter((each) => each !== undefined);
  const input = usage.inputTokens.total ?? (parts.length === 0 ? undefined : parts.reduce((a, b) => a + b));
  const output = usage.outputTokens.total ?? usage.outputTokens.text;
  if (input === undefined && output === undefined) return 'null';
  return JSON.stringify({
    input_tokens: input ?? 0,
    input_tokens_details: {
      cached_tokens: cacheRead ?? 0,
      ...(cacheWrite === undefined ? {} : { cache_write_tokens: cacheWrite }),
    },
    output_tokens: output ?? 0,
    output_tokens_details: { reasoning_tokens: usage.outputTokens.reasoning ?? 0 },
    total_tokens: (input ?? 0) + (output ?? 0),
  });
};
