import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { clients, comparable, openChat, readHistory } from './support/client.js';
import { startProvider } from './support/provider.js';
import { startServer } from './support/server.js';

let provider;
let server;
before(async () => {
  provider = await startProvider();
  server = await startServer({
    Models__0__Name: 'provider', Models__0__Provider: 'openai', Models__0__Api: 'responses', Models__0__Model: 'm',
    Models__0__Endpoint: provider.url, Models__0__ApiKey: 'none',
  });
});
after(async () => {
  await server.stop();
  provider.stop();
});

async function ask(ai, id, text) {
  const chat = openChat(ai, server, { id });
  await chat.sendMessage({ text });
  assert.equal(chat.error, undefined);
  assert.equal(chat.status, 'ready');
  assert.deepEqual(comparable(chat.messages), comparable(await readHistory(server, id)));
  return chat;
}

for (const [version, ai] of Object.entries(clients)) {
  describe(`ai ${version}`, { concurrency: true }, () => {
    it('shows sources, files, refusals and tools of the provider', async () => {
      const chat = await ask(ai, `parts-${version}`, 'all kinds');
      const parts = chat.messages[1].parts;
      assert.deepEqual(
        parts.map((part) => part.type),
        ['step-start', 'data-provider-tool', 'text', 'source-url', 'source-url', 'file', 'text'],
      );
      assert.deepEqual(parts[1].data, { name: 'web_search', input: 'weather in Berlin' });
      assert.equal(parts[2].text, 'It rains.');
      assert.deepEqual([parts[3].url, parts[3].title], ['https://example.com/a', 'A']);
      assert.equal(parts[4].url, 'https://example.com/b');
      assert.notEqual(parts[3].sourceId, parts[4].sourceId);
      assert.deepEqual([parts[5].mediaType, parts[5].url], ['image/png', 'data:image/png;base64,iVBORw0KGgo+/w==']);
      assert.equal(parts[6].text, 'I cannot say more.');
      assert.deepEqual(parts[6].providerMetadata, { durablechat: { refusal: true } });
    });

    for (const [wish, reason] of [['cut off', 'length'], ['withheld', 'content-filter']]) {
      it(`knows that an answer without a word ended for ${reason}, and talks on`, async () => {
        const chat = await ask(ai, `${wish.replace(' ', '-')}-${version}`, wish);
        assert.deepEqual(chat.messages[1].parts, [{ type: 'step-start' }]);
        assert.deepEqual(chat.messages[1].metadata, { finishReason: reason });
        await chat.sendMessage({ text: 'all kinds' });
        assert.equal(chat.error, undefined);
        assert.equal(chat.messages[3].parts.length, 7);
      });
    }
  });
}
