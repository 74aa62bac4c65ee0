// A streamed and a whole message are read alike; what is not known is passed over.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { UpstreamFault } from '../../../src/ports.ts';
import { sseFrames } from '../../../src/streams/sse.ts';
import { anthropicMessagesEgress } from '../../../src/translate/anthropic-messages/egress.ts';
import type { Part } from '../../../src/translate/neutral.ts';
import { begins, ends, grows, readParts, STOP, start, stops } from './asked.ts';

const END = [stops({ stop_reason: 'end_turn', stop_sequence: null }), STOP];
/** What is read between the names and the finish. */
const said = (...events: { type: string }[]): Part[] => readParts([start(), ...events, ...END]).slice(2, -1);

describe('a stream', () => {
  it('has its names, its parts, its usage, and ends with its last event alone', () => {
    const events = [
      start({
        usage: {
          input_tokens: 10,
          cache_read_input_tokens: 8,
          cache_creation_input_tokens: 3,
          output_tokens: 1,
        },
      }),
      { type: 'ping' },
      begins(0, { type: 'thinking', thinking: '', signature: '' }),
      grows(0, { type: 'thinking_delta', thinking: 'Hm' }),
      grows(0, { type: 'signature_delta', signature: 'S' }),
      ends(0),
      begins(1, { type: 'redacted_thinking', data: 'R' }),
      ends(1),
      begins(2, { type: 'text', text: '' }),
      grows(2, { type: 'text_delta', text: 'Hi' }),
      ends(2),
      begins(3, { type: 'tool_use', id: 'a', name: 'f', input: {} }),
      grows(3, { type: 'input_json_delta', partial_json: '' }),
      grows(3, { type: 'input_json_delta', partial_json: '{"x":' }),
      grows(3, { type: 'input_json_delta', partial_json: '1}' }),
      ends(3),
      stops(
        { stop_reason: 'tool_use', stop_sequence: null },
        { output_tokens: 13, output_tokens_details: { thinking_tokens: 5 } },
      ),
    ];
    const parts = [
      { type: 'stream-start', warnings: [] },
      { type: 'response-metadata', id: 'msg_1', modelId: 'claude' },
      { type: 'ping' },
      { type: 'reasoning-start', id: '0' },
      { type: 'reasoning-delta', id: '0', delta: 'Hm' },
      { type: 'reasoning-delta', id: '0', delta: '', providerMetadata: { anthropic: { signature: 'S' } } },
      { type: 'reasoning-end', id: '0' },
      { type: 'reasoning-start', id: '1', providerMetadata: { anthropic: { redactedData: 'R' } } },
      { type: 'reasoning-end', id: '1' },
      { type: 'text-start', id: '2' },
      { type: 'text-delta', id: '2', delta: 'Hi' },
      { type: 'text-end', id: '2' },
      { type: 'tool-input-start', id: 'a', toolName: 'f' },
      { type: 'tool-input-delta', id: 'a', delta: '{"x":' },
      { type: 'tool-input-delta', id: 'a', delta: '1}' },
      { type: 'tool-input-end', id: 'a' },
      { type: 'tool-call', toolCallId: 'a', toolName: 'f', input: '{"x":1}' },
    ];
    expect(readParts(events)).toEqual(parts);
    expect(readParts([...events, STOP, STOP])).toEqual([
      ...parts,
      {
        type: 'finish',
        finishReason: { unified: 'tool-calls', raw: 'tool_use' },
        usage: {
          inputTokens: { total: 21, noCache: 10, cacheRead: 8, cacheWrite: 3 },
          outputTokens: { total: 13, text: 8, reasoning: 5 },
          raw: { output_tokens: 13, output_tokens_details: { thinking_tokens: 5 } },
        },
      },
    ]);
  });

  it('may say with the beginning of a block what others say after it', () => {
    expect(
      said(
        begins(0, { type: 'text', text: 'Hi' }),
        ends(0),
        begins(1, { type: 'tool_use', id: 'a', name: 'f', input: { x: 1 } }),
        ends(1),
      ),
    ).toEqual([
      { type: 'text-start', id: '0' },
      { type: 'text-delta', id: '0', delta: 'Hi' },
      { type: 'text-end', id: '0' },
      { type: 'tool-input-start', id: 'a', toolName: 'f' },
      { type: 'tool-input-delta', id: 'a', delta: '{"x":1}' },
      { type: 'tool-input-end', id: 'a' },
      { type: 'tool-call', toolCallId: 'a', toolName: 'f', input: '{"x":1}' },
    ]);
  });

  it('ends what it left open', () => {
    expect(said(begins(0, { type: 'text', text: 'Hi' })).at(-1)).toEqual({ type: 'text-end', id: '0' });
    expect(said(begins(0, { type: 'tool_use', id: 'a', name: 'f' })).at(-1)).toMatchObject({
      type: 'tool-call',
      input: '{}',
    });
  });

  it('has nothing of tools that ran at the provider, nor of what is not known', () => {
    expect(
      said(
        begins(0, { type: 'server_tool_use', id: 's', name: 'web_search', input: {} }),
        grows(0, { type: 'input_json_delta', partial_json: '{"query":"x"}' }),
        ends(0),
        begins(1, {
          type: 'web_search_tool_result',
          tool_use_id: 's',
          content: [{ type: 'web_search_result' }],
        }),
        ends(1),
        { type: 'tomorrows_event' },
        begins(2, { type: 'tomorrows_block' }),
        grows(2, { type: 'tomorrows_delta' }),
        ends(2),
        grows(7, { type: 'text_delta', text: 'of no block' }),
      ),
    ).toEqual([]);
  });

  it('has the sources of a text', () => {
    const citation = {
      type: 'web_search_result_location',
      url: 'https://example.org',
      title: 'T',
      cited_text: 'C',
    };
    const paged = { type: 'page_location', document_index: 1, document_title: null, cited_text: 'D' };
    const end = said(
      begins(0, { type: 'text', text: 'Hello', citations: [] }),
      grows(0, { type: 'citations_delta', citation }),
      grows(0, { type: 'citations_delta', citation: paged }),
      grows(0, { type: 'citations_delta', citation: { type: 'later' } }),
      ends(0),
    ).at(-1);
    const place = { startIndex: 0, endIndex: 5 };
    const citations = [
      {
        source: {
          type: 'source',
          sourceType: 'url',
          id: citation.url,
          url: citation.url,
          title: 'T',
          providerMetadata: { anthropic: citation },
        },
        ...place,
        citedText: 'C',
      },
      {
        source: {
          type: 'source',
          sourceType: 'document',
          id: '1',
          mediaType: 'text/plain',
          title: 'Document 1',
          providerMetadata: { anthropic: paged },
        },
        ...place,
        citedText: 'D',
      },
    ];
    expect(end).toEqual({ type: 'text-end', id: '0', citations });
    const content = [{ type: 'text', text: 'Hello', citations: [citation, paged] }];
    expect(anthropicMessagesEgress.answer({ content }).content).toEqual([
      { type: 'text', text: 'Hello', citations },
    ]);
  });

  it('that tells of an error ends with it', () => {
    const error = { type: 'overloaded_error', message: 'Overloaded' };
    expect(readParts([start(), { type: 'error', error } as { type: string }, STOP]).slice(2)).toEqual([
      { type: 'error', error },
    ]);
  });

  it('has calls whose ids are each its own', () => {
    const block = { type: 'tool_use', id: 'a', name: 'f', input: {} };
    const ids = said(begins(0, block), ends(0), begins(1, block), ends(1)).flatMap((part) =>
      part.type === 'tool-call' ? [part.toolCallId] : [],
    );
    expect(ids).toEqual(['a', 'a_2']);
    expect(anthropicMessagesEgress.answer({ content: [block, block] }).content).toMatchObject([
      { toolCallId: 'a' },
      { toolCallId: 'a_2' },
    ]);
  });

  it('with a call that has no name is a fault', () => {
    expect(() => said(begins(0, { type: 'tool_use', id: 'a' }))).toThrow(UpstreamFault);
  });

  it('with an input without end is a fault', () => {
    const reader = anthropicMessagesEgress.reader();
    const read = (event: object) =>
      reader.parts({ bytes: new TextEncoder().encode(`data: ${JSON.stringify(event)}\n\n`), last: false });
    read(begins(0, { type: 'tool_use', id: 'a', name: 'f' }));
    const flood = (): void => {
      for (let n = 0; n < 9; n++)
        read(grows(0, { type: 'input_json_delta', partial_json: 'x'.repeat(1024 * 1024) }));
    };
    expect(flood).toThrow(UpstreamFault);
  });
});

const RECORDINGS = join(import.meta.dirname, '../../fixtures/streams/anthropic-messages');

describe('a recorded stream', () => {
  const partsOf = async (chunks: readonly Uint8Array[]): Promise<Part[]> => {
    const reader = anthropicMessagesEgress.reader();
    const parts: Part[] = [];
    const all = async function* () {
      yield* chunks;
    };
    for await (const { bytes } of sseFrames(all(), { eventBytes: 1_000_000 }))
      parts.push(...reader.parts({ bytes, last: false }));
    return parts;
  };

  it.each(readdirSync(RECORDINGS))('%s is read alike at every cut', async (name) => {
    const bytes = readFileSync(join(RECORDINGS, name));
    const whole = await partsOf([bytes]);
    expect(whole.filter(({ type }) => type === 'finish')).toHaveLength(1);
    expect(whole.at(-1)?.type).toBe('finish');
    for (let cut = 1; cut < bytes.length; cut++)
      expect(await partsOf([bytes.subarray(0, cut), bytes.subarray(cut)])).toEqual(whole);
  });
});
