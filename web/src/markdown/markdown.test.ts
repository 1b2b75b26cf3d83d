import fc from 'fast-check';
import { expect, test } from 'vitest';
import { blocksOf, renderBlock } from './blocks';
import { sanitize } from './sanitize';

const render = (markdown: string) =>
  blocksOf(markdown).map(renderBlock).map((block) => (block.kind === 'html' ? String(sanitize(block.html)) : block.text)).join('');

test('ordinary Markdown comes through', () => {
  expect(render('# T\n\n**b** `c` [l](https://example.com)')).toBe(
    '<h1>T</h1>\n<p><strong>b</strong> <code>c</code> <a href="https://example.com" target="_blank" rel="noopener noreferrer nofollow">l</a></p>\n',
  );
  expect(renderBlock(blocksOf('```ts title\nlet a = "<b>";\n```')[0]!)).toEqual({ kind: 'code', text: 'let a = "<b>";', language: 'ts' });
});

test.each([
  '<script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  '[x](javascript:alert(1))',
  '<a href="jAvAsCrIpT:alert(1)">x</a>',
  '<svg><script>alert(1)</script></svg>',
  '<iframe srcdoc="<script>alert(1)</script>"></iframe>',
  '<form action="https://evil.example"><input type="password"></form>',
  '<style>*{display:none}</style>',
  '<p style="position:fixed" class="modal" id="composer">x</p>',
  '![x](https://evil.example/leak.png)',
  '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">',
])('nothing active is left of %s', (attack) => {
  const html = render(attack);
  expect(html).not.toMatch(/<(script|img|svg|iframe|form|style|math)|on\w+=|href="javascript|password|(?:class|style|id)=/i);
});

test('a block that is complete does not change while the text behind it grows', () => {
  const paragraph = fc.stringMatching(/^[a-z]{1,6}( [a-z]{1,6}){0,4}$/);
  fc.assert(
    fc.property(fc.array(paragraph, { minLength: 2, maxLength: 6 }), (paragraphs) => {
      const whole = blocksOf(paragraphs.join('\n\n')).map((token) => token.raw);
      const grown = blocksOf(paragraphs.slice(0, -1).join('\n\n')).map((token) => token.raw);
      expect(whole.slice(0, grown.length)).toEqual(grown);
    }),
  );
});
