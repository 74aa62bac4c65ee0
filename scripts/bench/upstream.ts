// The upstream of all subjects, a process of its own: raw sockets and canned replies, so that its own cost is small and the
// same for everybody. `node scripts/bench/upstream.ts` prints where it listens.
import type { Socket } from 'node:net';
import { createServer } from 'node:net';
import { FRAMES, MessageReader, PACE_MS, streamedReply, wholeReply } from './wire.ts';

/** Streams are spread over so many beats of the pace: their frames do not all fall into one. */
const SLOTS = 8;

type Stream = { readonly socket: Socket; left: number };

const whole = wholeReply();
const { head, frame, end } = streamedReply();
const slots: Stream[][] = Array.from({ length: SLOTS }, () => []);
let slot = 0;

const beat = (): void => {
  slot = (slot + 1) % SLOTS;
  const streams = slots[slot] ?? [];
  for (let index = streams.length - 1; index >= 0; index--) {
    const stream = streams[index];
    if (stream === undefined) continue;
    const over = stream.socket.destroyed || stream.left === 0;
    if (!stream.socket.destroyed) stream.socket.write(stream.left === 0 ? end : frame);
    stream.left -= 1;
    if (over) {
      const last = streams.pop();
      if (last !== undefined && last !== stream) streams[index] = last;
    }
  }
};

/** The first frame goes at once: what is measured is the subject's time to it, not a model's. */
const answer = (socket: Socket, stream: boolean): void => {
  if (!stream) {
    socket.write(whole);
    return;
  }
  socket.write(Buffer.concat([head, frame]));
  slots[slot]?.push({ socket, left: FRAMES - 1 });
};

const server = createServer({ noDelay: true }, (socket) => {
  const reader = new MessageReader();
  socket.on('data', (piece) => {
    if (reader.feed(piece)) answer(socket, reader.stream);
  });
  // A subject that ends hangs up on us; nothing is lost with that.
  socket.on('error', () => socket.destroy());
});
server.listen(0, '127.0.0.1', () => {
  setInterval(beat, PACE_MS / SLOTS);
  const address = server.address();
  if (address !== null && typeof address === 'object') console.log(`listening on ${address.port}`);
});
