import { Marked, type Token, type Tokens } from 'marked';

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const escape = (text: string) => text.replace(/[&<>"']/g, (char) => escapes[char]!);

const lineBreak = /^<br\s*\/?>$/i;

/** HTML in a text is shown as it was written, never made; only in tables is there no other way to break a line. Images become links. */
const marked = new Marked({
  gfm: true,
  renderer: {
    html: ({ text }) => (lineBreak.test(text.trim()) ? '<br>' : escape(text)),
    image: ({ href, text }) => `<a href="${escape(href)}">${escape(text || href)}</a>`,
  },
});

export type Block =
  | { kind: 'code'; text: string; language: string }
  | { kind: 'html'; html: string }
  | { kind: 'plain'; text: string };

/** Quotes and lists nest as deep as this; the parser goes down once for each level, and nobody can read more. */
const deepest = 50;
const marker = String.raw`(?:>|[-*+][ \t]|\d{1,9}[.)][ \t])`;
const tooDeep = new RegExp(String.raw`^((?:[ \t]*${marker}){${deepest}}[ \t]*)(?=${marker})`, 'gm');
const tooFarIn = new RegExp(String.raw`^[ \t]{${2 * deepest},}(?=${marker})`, 'gm');
const bounded = (markdown: string) => markdown.replace(tooFarIn, ' '.repeat(2 * deepest)).replace(tooDeep, '$1\\');

/**
 * Cuts a text into its top-level blocks. While an answer grows only its last block changes, so all others are neither parsed into HTML nor drawn again.
 * The HTML is not safe yet: the caller sanitises it.
 */
export function blocksOf(markdown: string): Token[] {
  try {
    return marked.lexer(bounded(markdown)).filter((token) => token.type !== 'space');
  } catch {
    // Whatever the parser cannot take is a text all the same.
    return [{ type: 'plain', raw: markdown }];
  }
}

export function renderBlock(token: Token): Block {
  if (token.type === 'code') {
    const code = token as Tokens.Code;
    return { kind: 'code', text: code.text, language: (code.lang ?? '').split(/\s/)[0] ?? '' };
  }

  try {
    return token.type === 'plain' ? { kind: 'plain', text: token.raw } : { kind: 'html', html: marked.parser([token]) };
  } catch {
    return { kind: 'plain', text: token.raw };
  }
}
