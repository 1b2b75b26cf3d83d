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

test('HTML is shown as it was written, except for breaks in tables', () => {
  expect(render('a <b>c</b> & <details>')).toBe('<p>a &lt;b&gt;c&lt;/b&gt; &amp; &lt;details&gt;</p>\n');
  expect(render('|a|\n|-|\n|b<br>c|')).toContain('b<br>c');
  expect(render('![cat](https://example.com/c.png)')).toContain('href="https://example.com/c.png"');
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
  expect(html).not.toMatch(/<(?!\/?(?:p|a|pre|code|br)\b)|<[^>]*(?:\bon\w+=|javascript|\b(?:class|style|id)=)/i);
});

test.each(['<p onclick="x()" class="modal" style="color:red" id="a">x</p>', '<input type="password">', '<img src=x>', '<a href="javascript:x()">x</a>'])('the sanitiser alone stops %s', (html) => {
  expect(String(sanitize(html))).toMatch(/^(?:<p>x<\/p>|<a(?! href)[^>]*>x<\/a>|)$/);
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
