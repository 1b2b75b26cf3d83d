import { createServer } from 'node:http';

const search = {
  type: 'web_search_call', id: 'ws_1', status: 'completed', action: { type: 'search', query: 'weather in Berlin' },
};
const picture = {
  type: 'image_generation_call', id: 'ig_1', status: 'completed', output_format: 'png', result: 'iVBORw0KGgo+/w==',
};
const message = {
  type: 'message', id: 'msg_1', role: 'assistant', status: 'completed',
  content: [
    {
      type: 'output_text', text: 'It rains.',
      annotations: [
        { type: 'url_citation', url: 'https://example.com/a', title: 'A', start_index: 0, end_index: 9 },
        { type: 'url_citation', url: 'https://example.com/b', start_index: 0, end_index: 9 },
      ],
    },
  ],
};
const refusal = {
  type: 'message', id: 'msg_2', role: 'assistant', status: 'completed',
  content: [{ type: 'refusal', refusal: 'I cannot say more.' }],
};

/** What the provider answers to the last thing that was said. */
const answers = {
  'all kinds': { output: [search, message, picture, refusal], response: { status: 'completed' } },
  'cut off': { output: [], response: { status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } } },
  withheld: { output: [], response: { status: 'incomplete', incomplete_details: { reason: 'content_filter' } } },
};

function* eventsOf({ output, response }) {
  const usage = { input_tokens: 1, output_tokens: 1 };
  const all = { id: 'resp_1', object: 'response', model: 'm', usage, ...response, output };
  yield { type: 'response.created', response: { ...all, status: 'in_progress', output: [] } };
  for (const [output_index, item] of output.entries()) {
    const begun = { ...item, status: 'in_progress', ...(item.content && { content: [] }) };
    yield { type: 'response.output_item.added', output_index, item: begun };
    for (const [content_index, content] of (item.content ?? []).entries()) {
      const kind = content.type === 'refusal' ? 'refusal' : 'output_text';
      for (const delta of (content.text ?? content.refusal).split(/(?<= )/)) {
        yield { type: `response.${kind}.delta`, output_index, content_index, item_id: item.id, delta };
      }
    }

    yield { type: 'response.output_item.done', output_index, item };
  }

  yield { type: `response.${all.status}`, response: all };
}

/** A provider that speaks OpenAI's Responses, with parts of all kinds and ends of all kinds. */
export async function startProvider() {
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const piece of request) body += piece;
    const said = JSON.parse(body).input.findLast((item) => item.role === 'user').content;
    const text = typeof said === 'string' ? said : said.map((part) => part.text).join('');
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    let sequence_number = 0;
    for (const event of eventsOf(answers[text])) {
      const data = JSON.stringify({ ...event, sequence_number: sequence_number++ });
      response.write(`event: ${event.type}\ndata: ${data}\n\n`);
    }

    response.end();
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${server.address().port}/v1`, stop: () => server.close() };
}
