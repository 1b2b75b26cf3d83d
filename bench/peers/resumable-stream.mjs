// The npm package resumable-stream with Redis behind a minimal HTTP server: one stream for each chat, which subscribers resume behind the parts that they have received.
import { createServer } from 'node:http';
import { createServer as createControl } from 'node:net';
import { parseArgs } from 'node:util';
import { createClient } from 'redis';
import { createResumableStreamContext } from 'resumable-stream';

const ready = ': ready!\n\n';
const chatId = 'a'.repeat(32);
const { values } = parseArgs({ options: { chats: { type: 'string' }, redis: { type: 'string' } } });
const url = `redis://127.0.0.1:${values.redis}`;
const publisher = createClient({ url });
const subscriber = createClient({ url });
await Promise.all([publisher.connect(), subscriber.connect()]);
const context = createResumableStreamContext({ waitUntil: () => {}, publisher, subscriber });

const inputs = [];
for (let chat = 0; chat < Number(values.chats); chat++) {
  const stream = await context.createNewResumableStream(String(chat), () => new ReadableStream({ start: (controller) => inputs.push(controller) }));
  // The client that asked has gone; somebody has to read all the same, or the answer would pile up.
  drain(stream);
}

async function drain(stream) {
  for await (const _ of stream) {
    // It is in Redis for those who follow.
  }
}

function marker() {
  return `@T${process.hrtime.bigint().toString(16).padStart(16, '0')}`;
}

function message() {
  const event = (text) => `event: message\ndata: {"type":"message","chat_id":"${chatId}","position":"1.1000.0.0","message":{"id":1000,"previous_id":999,"role":"user","parts":[{"type":"text","text":"${text}"}],"generation":0,"created_at":"2026-01-01T00:00:00.000000+00:00"}}\n\n`;
  const length = 993 - event('').length + 'event: message\ndata: \n\n'.length;
  return event(marker().padEnd(length, 'x'));
}

function part() {
  return `event: message_part\ndata: {"type":"message_part","chat_id":"${chatId}","position":"1.1000.1000.1000","generation":1000,"first_seq":1000,"seq":1000,"part":{"type":"text","text":"${marker().padEnd(20, 'x')}"}}\n\n`;
}

// The package waits for one second for whoever makes the stream. Who was not served in that time asks again, as a client would.
async function resume(chat, skip, response) {
  while (!response.destroyed) {
    try {
      return await context.resumeExistingStream(chat, skip);
    } catch (error) {
      if (!error.message.startsWith('Timeout waiting')) {
        throw error;
      }
    }
  }

  return null;
}

const server = createServer(async (request, response) => {
  const query = new URL(request.url, 'http://127.0.0.1').searchParams;
  response.writeHead(200, { 'Content-Type': 'text/event-stream' });
  const stream = await resume(query.get('chat'), Number(query.get('received') ?? 0) * part().length, response);
  if (!stream) {
    return;
  }

  response.write(ready);
  const reader = stream.getReader();
  response.on('close', () => reader.cancel().catch(() => {}));
  for (let next = await reader.read(); !next.done && !response.destroyed; next = await reader.read()) {
    if (next.value.length > 0) {
      response.write(next.value);
    }
  }
});

const control = createControl((socket) => {
  let held = Buffer.alloc(0);
  socket.on('data', (received) => {
    held = Buffer.concat([held, received]);
    for (; held.length >= 12; held = held.subarray(12)) {
      const kind = held.readInt32LE(0);
      if (kind < 0) {
        socket.write('.');
        continue;
      }

      const first = held.readInt32LE(4);
      for (let chat = first; chat < first + held.readInt32LE(8); chat++) {
        inputs[chat].enqueue(kind === 0 ? message() : part());
      }
    }
  });
});

server.listen(0, '127.0.0.1', 8192, () => control.listen(0, '127.0.0.1', () => console.log(`ready ${server.address().port} ${control.address().port}`)));
process.stdin.on('end', () => process.exit()).resume();
