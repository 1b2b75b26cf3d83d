import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { clients, comparable, openChat, readHistory, stop, textOf } from './support/client.js';
import { startServer } from './support/server.js';

let server;
before(async () => { server = await startServer(); });
after(() => server.stop());

let chats = 0;
const newId = () => `chat number ${++chats}`.replaceAll(' ', '-');

/** What a client has must be what it would get after a reload. */
async function sameAsHistory(chat) {
  assert.equal(chat.error, undefined);
  assert.equal(chat.status, 'ready');
  assert.deepEqual(comparable(chat.messages), comparable(await readHistory(server, chat.id)));
}

for (const [version, ai] of Object.entries(clients)) {
  describe(`ai ${version}`, { concurrency: true }, () => {
    it('talks over several turns, with reasoning and a tool of the server', async () => {
      const chat = openChat(ai, server, { id: newId() });
      await chat.sendMessage({ text: 'hello' });
      assert.match(textOf(chat.messages[1]), /^You said "hello"/);
      await chat.sendMessage({ text: 'think about it' });
      assert.equal(chat.messages[3].parts[1].type, 'reasoning');
      await chat.sendMessage({ text: 'what time is it?' });
      const tool = chat.messages[5].parts.find((part) => part.type === 'tool-current_time');
      assert.equal(tool.state, 'output-available');
      assert.deepEqual(chat.messages[5].parts.map((part) => part.type), ['step-start', 'text', 'tool-current_time', 'step-start', 'text']);
      assert.deepEqual(chat.messages.map((message) => message.id).filter((_, i) => i % 2 === 1), ['turn_1', 'turn_3', 'turn_5']);
      await sameAsHistory(chat);
    });

    it('goes on after a reload in mid-answer, and so does a second tab', async () => {
      const id = newId();
      const first = openChat(ai, server, { id, body: { model: 'slow' } });
      first.sendMessage({ text: 'tell me a long story' });
      await first.until((chat) => textOf(chat.messages[1]).length > 100);
      const seen = textOf(first.messages[1]);
      await first.stop();
      const again = openChat(ai, server, { id, messages: await readHistory(server, id) });
      const beside = openChat(ai, server, { id, messages: await readHistory(server, id) });
      assert.equal(again.messages.length, 1);
      const ends = Promise.all([again.resumeStream(), beside.resumeStream()]);
      for (const chat of [again, beside]) {
        await chat.until(() => textOf(chat.messages[1]).length > seen.length + 100);
        assert.equal(chat.status, 'streaming');
        assert.ok(textOf(chat.messages[1]).startsWith(seen));
      }

      await stop(server, id);
      await ends;
      assert.deepEqual(comparable(again.messages), comparable(beside.messages));
      await sameAsHistory(again);

      // The first version says "submitted" for ever then, whatever the server.
      await again.resumeStream();
      assert.deepEqual(comparable(again.messages), comparable(beside.messages));
      assert.equal(again.status, version === '5.0.0' ? 'submitted' : 'ready');
    });

    it('stops when it is told to, and talks on', async () => {
      const chat = openChat(ai, server, { id: newId(), body: { model: 'slow' } });
      const sending = chat.sendMessage({ text: 'tell me a long story' });
      await chat.until(() => textOf(chat.messages[1]).length > 50);
      assert.equal((await stop(server, chat.id)).status, 202);
      await sending;
      assert.ok(textOf(chat.messages[1]).length > 50 && !textOf(chat.messages[1]).includes('The end.'));
      await sameAsHistory(chat);
      await chat.sendMessage({ text: 'hello' });
      await sameAsHistory(chat);
    });

    it('regenerates an answer and edits a question', async () => {
      const chat = openChat(ai, server, { id: newId() });
      for (const text of ['hello', 'more', 'and more']) {
        await chat.sendMessage({ text });
      }

      await chat.regenerate();
      assert.equal(chat.messages.length, 6);
      await sameAsHistory(chat);
      await chat.regenerate({ messageId: chat.messages[3].id });
      assert.equal(chat.messages.length, 4);
      await sameAsHistory(chat);
      for (const text of ['think', 'show me some code']) {
        await chat.sendMessage({ text, messageId: chat.messages[2].id });
        assert.equal(chat.messages.length, 4);
        await sameAsHistory(chat);
      }

      // After a reload the ids are the server's. What is sent of a long history may be its end.
      const reloaded = openChat(ai, server, {
        id: chat.id,
        messages: await readHistory(server, chat.id),
        prepareSendMessagesRequest: ({ id, messages, trigger, messageId, body }) => ({ body: { ...body, id, messages: messages.slice(-2), trigger, messageId } }),
      });
      await reloaded.sendMessage({ text: 'show me some code again', messageId: reloaded.messages[2].id });
      await reloaded.sendMessage({ text: 'more' });
      await reloaded.regenerate();
      assert.equal(reloaded.messages.length, 6);
      await sameAsHistory(reloaded);
      for (const text of ['good morning', 'good evening']) {
        await reloaded.sendMessage({ text, messageId: reloaded.messages[0].id });
        assert.ok(textOf(reloaded.messages[1]).startsWith(`You said "${text}"`));
        assert.equal(reloaded.messages.length, 2);
        await sameAsHistory(reloaded);
      }
    });

    it('answers a tool of its own, once', async () => {
      let calls = 0;
      const chat = openChat(ai, server, {
        id: newId(),
        body: { client_tools: [{ name: 'pick_color', description: 'Picks.', parameters: { type: 'object' } }] },
        sendAutomaticallyWhen: ai.lastAssistantMessageIsCompleteWithToolCalls,
        onToolCall: () => { calls++; },
      });
      await chat.sendMessage({ text: 'use pick_color please' });
      assert.equal(chat.messages[1].parts.at(-1).state, 'input-available');
      await sameAsHistory(chat);
      const call = chat.messages[1].parts.at(-1).toolCallId;
      await (chat.addToolOutput ?? chat.addToolResult)({ tool: 'pick_color', toolCallId: call, output: { color: 'red' } });
      await chat.until(() => chat.status === 'ready' && textOf(chat.messages[1]).includes('The tool says'));
      assert.match(textOf(chat.messages[1]), /"color":"red"/);
      assert.equal(chat.messages.length, 2);
      assert.equal(calls, 1);
      await sameAsHistory(chat);
    });

    it('tells that a turn has failed, and talks on', async () => {
      const told = [];
      const chat = openChat(ai, server, { id: newId(), onData: (part) => told.push(part) });
      await chat.sendMessage({ text: 'fail' });
      assert.equal(chat.status, 'error');
      assert.equal(chat.error.message, 'The demo model fails when it is told to.');
      assert.deepEqual(told.map((part) => part.type).sort(), ['data-preview-reset', 'data-retry']);
      assert.equal(chat.messages[1].parts.filter((part) => part.type === 'step-start').length, 2);
      await chat.sendMessage({ text: 'hello' });
      assert.equal(chat.error, undefined);
      assert.match(textOf(chat.messages.at(-1)), /^That is message 2/);
    });

    it('has nothing to resume in a chat that does not exist', async () => {
      const chat = openChat(ai, server, { id: newId(), messages: await readHistory(server, newId()) });
      await chat.resumeStream();
      assert.deepEqual(chat.messages, []);
      assert.notEqual(chat.status, 'error');
    });
  });
}
