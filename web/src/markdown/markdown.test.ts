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

test.each([
  ['quotes', '> '.repeat(2_000) + 'end'],
  ['quotes without spaces', '>'.repeat(4_000) + 'end'],
  ['lists', '- '.repeat(2_000) + 'end'],
  ['numbered lists', '1. '.repeat(2_000) + 'end'],
  ['both', '> - '.repeat(2_000) + 'end'],
  ['many lines of quotes', Array.from({ length: 200 }, (_, i) => '> '.repeat(i * 20) + 'end').join('\n')],
  ['lists by indentation', Array.from({ length: 1_500 }, (_, i) => ' '.repeat(2 * i) + '- end').join('\n')],
  ['emphasis', '*_'.repeat(20_000) + 'end' + '_*'.repeat(20_000)],
  ['links', '['.repeat(10_000) + 'end' + ']'.repeat(10_000)],
  ['quotes with escapes', '> \\> '.repeat(2_000) + 'end'],
])('%s that nest without end are still a text', (_, markdown) => {
  expect(render(markdown)).toContain('end');
});

test('nesting that people use stays as it is, and rules and code are not taken for it', () => {
  expect(render('> > > deep').match(/<blockquote>/g)).toHaveLength(3);
  expect(render('- '.repeat(50) + 'x').match(/<ul>/g)).toHaveLength(50);
  expect(render('-'.repeat(200))).toContain('<hr>');
  expect(render('a\n' + '-'.repeat(200))).toContain('<h2>');
  expect(render('```\n' + '- '.repeat(40) + '\n```')).toBe('- '.repeat(40));
});
