// What goes over the bench's wires: the requests, the canned replies, and the one reader of messages that both ends use.
// It knows as much HTTP as its two ends speak, so that neither costs more than what is measured.

/** The one path of all subjects. */
export const PATH = '/v1/chat/completions';
/** Frames of a streamed reply before its `[DONE]`. */
export const FRAMES = 25;
/** Time between two frames of one stream: 25 tokens a second, a usual model's pace. */
export const PACE_MS = 40;
/** Stands once in each frame and nowhere else: frames are counted by it, however the bytes are cut. */
export const FRAME_MARK = 0x7e;

const HEAD_END = Buffer.from('\r\n\r\n');
const CHUNKED_END = '0\r\n\r\n';
const STREAM_FLAG = Buffer.from('"stream":true');
/** The flag stands in front of the messages, so it is in the first piece of a body. */
const FLAG_WITHIN_BYTES = 2_048;

/** A chat request's body of about `bytes` bytes. */
export const prompt = (bytes: number, stream: boolean): string => {
  const sentence = 'The committee has read the report on page 12 and asks for the figures of March. ';
  const content = sentence.repeat(Math.ceil(bytes / sentence.length)).slice(0, Math.max(1, bytes - 110));
  return JSON.stringify({
    model: 'small',
    stream,
    ...(stream ? { stream_options: { include_usage: true } } : {}),
    messages: [{ role: 'user', content }],
  });
};

const usage = { prompt_tokens: 480, completion_tokens: 160, total_tokens: 640 };

/** A whole reply of about 1 KB, head and all. */
export const wholeReply = (): Buffer => {
  const content = 'The figures of March are in the third table of the report. '.repeat(12);
  const body = JSON.stringify({
    id: 'chatcmpl-bench',
    object: 'chat.completion',
    created: 1_790_000_000,
    model: 'upstream-small',
    choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }],
    usage,
  });
  return Buffer.from(
    `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
  );
};

const chunked = (text: string): Buffer => Buffer.from(`${text.length.toString(16)}\r\n${text}\r\n`);

/** A streamed reply in its pieces: head, one frame, and the end with `[DONE]`. */
export const streamedReply = (): { readonly head: Buffer; readonly frame: Buffer; readonly end: Buffer } => {
  const chunk = (delta: Readonly<Record<string, string>>, finish: string | null, extra = {}) =>
    `data: ${JSON.stringify({
      id: 'chatcmpl-bench',
      object: 'chat.completion.chunk',
      created: 1_790_000_000,
      model: 'upstream-small',
      choices: [{ index: 0, delta, finish_reason: finish }],
      ...extra,
    })}\n\n`;
  return {
    head: Buffer.from(
      'HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncache-control: no-cache\r\ntransfer-encoding: chunked\r\n\r\n',
    ),
    frame: chunked(chunk({ content: ' figure~' }, null)),
    end: Buffer.concat([
      chunked(chunk({}, 'stop', { usage })),
      chunked('data: [DONE]\n\n'),
      Buffer.from(CHUNKED_END),
    ]),
  };
};

/** Reads messages of one connection, one after another. Bodies have a length or are chunked; no pipelining. */
export class MessageReader {
  /** The first line of the message under way. */
  startLine = '';
  /** Whether the body asks for a stream. */
  stream = false;
  #pending: Buffer | undefined;
  #inBody = false;
  /** Bytes of the body still to come; -1 when it is chunked. */
  #left = 0;
  #tail = '';

  /** Takes the next piece; tells whether the message is whole with it. */
  feed(piece: Buffer): boolean {
    if (this.#inBody) return this.#body(piece);
    const all = this.#pending === undefined ? piece : Buffer.concat([this.#pending, piece]);
    const end = all.indexOf(HEAD_END);
    if (end < 0) {
      this.#pending = all;
      return false;
    }
    this.#pending = undefined;
    const head = all.toString('latin1', 0, end);
    this.startLine = head.slice(0, head.indexOf('\r\n'));
    const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
    this.#left = length === undefined ? (/\r\ntransfer-encoding:/i.test(head) ? -1 : 0) : Number(length);
    this.#inBody = true;
    this.#tail = '';
    this.stream = false;
    const body = all.subarray(end + HEAD_END.length);
    this.stream = body.subarray(0, FLAG_WITHIN_BYTES).includes(STREAM_FLAG);
    return this.#body(body);
  }

  #body(piece: Buffer): boolean {
    if (this.#left >= 0) this.#left -= piece.length;
    else {
      const size = CHUNKED_END.length;
      this.#tail = (this.#tail + piece.toString('latin1', Math.max(0, piece.length - size))).slice(-size);
    }
    this.#inBody = this.#left >= 0 ? this.#left > 0 : this.#tail !== CHUNKED_END;
    return !this.#inBody;
  }
}
