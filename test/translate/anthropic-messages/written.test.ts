// A neutral reply in Anthropic's events: in order, one block at a time, and nothing of it lost.
import { describe, expect, it } from 'vitest';
import { UpstreamFault } from '../../../src/ports.ts';
import type { Part } from '../../../src/translate/neutral.ts';
import { finish, HEAD, understood, written } from './asked.ts';
import { begins, blocksOf, call, ends, goesOn, NAMES, text, told, used } from './parts.ts';

describe('a stream', () => {
  it('begins with its names and ends with its usage', () => {
    const events = written([
      { type: 'stream-start', warnings: [] },
      NAMES,
      ...text('0', 'Hel', '', 'lo'),
      finish(),
    ]);
    expect(events.map(({ type }) => type)).toEqual([
      'message_start',
      'content_block_start',
      'content_block_delta',
      'content_block_delta',
      'content_block_stop',
      'message_delta',
      'message_stop',
    ]);
    expect(events[0].message).toMatchObject({
      id: 'resp_1',
      model: 'real-model',
      role: 'assistant',
      content: [],
      usage: { input_tokens: 0, output_tokens: 0 },
    });
    expect(events.at(-2)).toEqual({
      type: 'message_delta',
      delta: { stop_reason: 'end_turn', stop_sequence: null },
      usage: {
        input_tokens: 10,
        cache_creation_input_tokens: 3,
        cache_read_input_tokens: 8,
        output_tokens: 13,
        output_tokens_details: { thinking_tokens: 5 },
      },
    });
  });

  it('without names of the upstream goes by those of the exchange', () => {
    expect(written([finish()])[0].message).toMatchObject({ id: 'msg_ex_0123', model: 'target' });
  });

  it('lets pings pass', () => {
    expect(written([{ type: 'ping' }, NAMES, finish()]).map(({ type }) => type)).toEqual([
      'ping',
      'message_start',
      'message_delta',
      'message_stop',
    ]);
  });

  it('has thoughts with their proof, wherever it comes', () => {
    const proof = { providerMetadata: { anthropic: { signature: 'S' } } };
    const thought = { type: 'thinking', thinking: 'Hmm', signature: 'S' };
    const start: Part = { type: 'reasoning-start', id: 'r' };
    const deltas: Part[] = ['H', 'mm'].map((delta) => ({ type: 'reasoning-delta', id: 'r', delta }));
    expect(told(start, ...deltas, { type: 'reasoning-end', id: 'r', ...proof })).toEqual([thought]);
    expect(
      told(
        start,
        ...deltas,
        { type: 'reasoning-delta', id: 'r', delta: '', ...proof },
        { type: 'reasoning-end', id: 'r' },
      ),
    ).toEqual([thought]);
    expect(told(start, { type: 'reasoning-end', id: 'r', ...proof })).toEqual([{ ...thought, thinking: '' }]);
    expect(told(start, ...deltas, { type: 'reasoning-end', id: 'r' })).toEqual([
      { ...thought, signature: '' },
    ]);
    const redacted = { providerMetadata: { anthropic: { redactedData: 'R' } } };
    expect(told({ ...start, ...redacted }, { type: 'reasoning-end', id: 'r' }, ...text('0', 'x'))).toEqual([
      { type: 'redacted_thinking', data: 'R' },
      { type: 'text', text: 'x' },
    ]);
  });

  it('has no block that says nothing, for clients send it back and are refused', () => {
    expect(
      told(
        ...text('0'),
        ...text('1', ''),
        { type: 'reasoning-start', id: 'r' },
        { type: 'reasoning-end', id: 'r' },
      ),
    ).toEqual([]);
  });

  it.each<[string, Part[]]>([
    ['in pieces', [begins('a'), goesOn('a', '{"x"'), goesOn('a', ':1}'), ends('a'), call('a')]],
    ['at once', [call('a')]],
    ['in pieces without their end', [begins('a'), goesOn('a', '{"x":1}'), call('a')]],
    ['whose input comes with its end', [begins('a'), call('a')]],
    ['whose end is told twice', [call('a'), call('a')]],
    ['that is cut by the finish', [begins('a'), goesOn('a', '{"x":1}')]],
    [
      'whose pieces are no JSON',
      [{ ...begins('a'), inputEncoding: 'text' } as Part, goesOn('a', 'x'), ends('a'), call('a')],
    ],
  ])('has a call %s', (_, parts) => {
    const events = written([...parts, finish('tool-calls')]);
    expect(blocksOf(events)).toEqual([used('a')]);
    expect(events.at(-2).delta.stop_reason).toBe('tool_use');
  });

  it('has interleaved calls one after the other', () => {
    expect(
      told(
        ...[begins('a'), goesOn('a', '{"x"'), begins('b', 'g'), goesOn('b', '{"y"'), call('c', '{}')],
        ...[goesOn('a', ':1}'), goesOn('b', ':2}'), ends('b'), ends('a')],
      ),
    ).toEqual([used('a'), used('b', { y: 2 }, 'g'), used('c', {})]);
  });

  it('goes on with a text in a block of its own, and loses none of it', () => {
    expect(
      told(
        { type: 'text-delta', id: '0', delta: 'before' },
        begins('a'),
        goesOn('a', '{"x":1}'),
        { type: 'text-delta', id: '0', delta: 'after' },
        ends('a'),
      ),
    ).toEqual([{ type: 'text', text: 'before' }, used('a'), { type: 'text', text: 'after' }]);
  });

  it('does not wait with a call for the end of a text', () => {
    const writer = understood({}).writer(HEAD);
    writer.frames({ type: 'text-delta', id: '0', delta: 'x' });
    expect(writer.frames(begins('a')).length).toBeGreaterThan(0);
  });

  it('passes over what ran at the provider', () => {
    const ran = { providerExecuted: true };
    expect(
      told(
        { ...begins('a'), ...ran } as Part,
        goesOn('a', '{}'),
        ends('a'),
        { ...call('a'), ...ran },
        { type: 'tool-result', toolCallId: 'a', toolName: 'f', result: 'r' },
        { type: 'source', sourceType: 'url', id: 's', url: 'https://example.org' },
        ...text('0', 'x'),
      ),
    ).toEqual([{ type: 'text', text: 'x' }]);
  });

  it('that holds too much back is a fault', () => {
    const writer = understood({}).writer(HEAD);
    writer.frames(begins('a'));
    writer.frames(begins('b'));
    const flood = (): void => {
      for (let n = 0; n < 9; n++) writer.frames(goesOn('b', 'x'.repeat(1024 * 1024)));
    };
    expect(flood).toThrow(UpstreamFault);
  });
});
