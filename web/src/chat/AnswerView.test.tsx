import { render } from 'preact';
import { expect, test } from 'vitest';
import type { FinishReason, Message, Part } from 'durablechat';
import { AnswerView } from './AnswerView';
import type { AnswerRow } from './rows';

function draw(parts: Part[], finish_reason?: FinishReason): HTMLElement {
  const message: Message = {
    id: 2, previous_id: 1, role: 'assistant', parts, generation: 1, created_at: '2026-01-01T00:00:00Z',
    ...(finish_reason && { finish_reason }),
  };
  render(null, document.body);
  const steps = [{ generation: 1, parts, message }];
  const row: AnswerRow = { kind: 'answer', key: 'g1', steps, results: new Map(), live: false };
  render(<AnswerView row={row} isLast />, document.body);
  return document.body;
}

test('a refusal is marked, and is what is copied', () => {
  const page = draw([{ type: 'refusal', text: 'I will **not**.' }], 'stop');
  expect(page.querySelector('.refusal')!.textContent).toContain('The model declined to answer');
  expect(page.querySelector('.refusal strong')!.textContent).toBe('not');
  expect(page.querySelector('[aria-label="Copy answer"]')).not.toBeNull();
});

test('sources are links below the answer, each once, and only to the web', () => {
  const page = draw([
    { type: 'text', text: 'so' },
    { type: 'source', url: 'https://example.com/a' },
    { type: 'source', url: 'https://example.com/a', title: 'A' },
    { type: 'text', text: 'and so' },
    { type: 'source', url: 'https://example.org/b' },
    { type: 'source', url: 'javascript:alert(1)', title: 'C' },
    { type: 'source', url: 'no address' },
  ]);
  const links = [...page.querySelectorAll<HTMLAnchorElement>('.sources a')];
  expect(links.map((link) => [link.textContent, link.href]))
    .toEqual([['A', 'https://example.com/a'], ['example.org', 'https://example.org/b']]);
  expect(links.every((link) => link.rel === 'noopener noreferrer nofollow' && link.target === '_blank')).toBe(true);
  expect([...page.querySelectorAll('.sources span')].map((source) => source.textContent)).toEqual(['C', 'no address']);
  expect(draw([{ type: 'text', text: 'so' }]).querySelector('.sources')).toBeNull();
});

test('a tool of the provider is one line', () => {
  const page = draw([
    { type: 'provider_tool', name: 'web_search', input: 'weather' },
    { type: 'provider_tool', name: 'code', input: '' },
  ]);
  const lines = [...page.querySelectorAll('.provider-tool')].map((line) => line.textContent?.trim());
  expect(lines).toEqual(['Used web_search: weather', 'Used code']);
});

test('pictures are shown, and no other file can pass for one', () => {
  const picture = draw([{ type: 'file', media_type: 'image/png', data: 'aGk=' }]).querySelector('img')!;
  expect([picture.src, picture.alt]).toEqual(['data:image/png;base64,aGk=', 'A picture made by the model']);
  for (const media_type of ['text/html', 'image/png,<script>', 'application/pdf']) {
    const page = draw([{ type: 'file', media_type, data: 'aGk=' }]);
    expect(page.querySelector('img')).toBeNull();
    const link = page.querySelector<HTMLAnchorElement>('a.file')!;
    expect(link.getAttribute('href')).toBe('data:application/octet-stream;base64,aGk=');
    expect(link.hasAttribute('download')).toBe(true);
  }
});

test.each<[FinishReason, string, string]>([
  ['length', 'The answer reached its token limit', 'The answer reached its token limit before its first word'],
  ['content_filter', 'The provider withheld the rest of the answer', 'The provider declined to answer'],
])('an answer that ended for %s says so, also when it is empty', (reason, some, none) => {
  expect(draw([{ type: 'text', text: 'so' }], reason).querySelector('.end')!.textContent).toBe(some);
  expect(draw([], reason).querySelector('.end')!.textContent).toBe(none);
  expect(draw([{ type: 'text', text: 'so' }], 'stop').querySelector('.end')).toBeNull();
});

test('a part of a newer server is passed over', () => {
  const page = draw([{ type: 'hologram' } as unknown as Part, { type: 'text', text: 'so' }]);
  expect(page.querySelector('article')!.textContent).toContain('so');
});
