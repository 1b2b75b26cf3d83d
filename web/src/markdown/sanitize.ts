import DOMPurify from 'dompurify';

const tags = [
  'a', 'blockquote', 'br', 'code', 'del', 'em', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'hr', 'input', 'li', 'ol', 'p', 'pre', 'strong', 'sub', 'sup',
  'table', 'tbody', 'td', 'th', 'thead', 'tr', 'ul', 'kbd', 'span',
];

DOMPurify.addHook('afterSanitizeAttributes', (node) => {
  if (node.tagName === 'A') {
    node.setAttribute('target', '_blank');
    node.setAttribute('rel', 'noopener noreferrer nofollow');
  }

  // Task lists are the only inputs that Markdown has; anything else could pass for a part of the page.
  if (node.tagName === 'INPUT') {
    if (node.getAttribute('type') === 'checkbox') node.setAttribute('disabled', '');
    else node.remove();
  }
});

const usual = { ALLOW_DATA_ATTR: false, ALLOW_ARIA_ATTR: false, RETURN_TRUSTED_TYPE: true } as const;
const attributes = ['href', 'title', 'align', 'start', 'type', 'checked', 'disabled'];

// The server's policy lets no plain string become HTML; the types for that are not in TypeScript's DOM, where a string stands for both.
const asHtml = (trusted: unknown) => trusted as string;

/** A model's words are a stranger's words. Images are not allowed either: their addresses could carry away what was said. */
export const sanitize = (html: string): string => asHtml(DOMPurify.sanitize(html, { ...usual, ALLOWED_TAGS: tags, ALLOWED_ATTR: attributes }));

/** Coloured code is spans with classes and nothing else. */
export const sanitizeCode = (html: string): string => asHtml(DOMPurify.sanitize(html, { ...usual, ALLOWED_TAGS: ['span'], ALLOWED_ATTR: ['class'] }));
