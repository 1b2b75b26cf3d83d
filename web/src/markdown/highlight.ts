import { signal } from '@preact/signals';

type Highlight = (code: string, language: string) => string | undefined;

/** Comes with the first code block; until then, and for unknown languages, code is plain. */
export const highlight = signal<Highlight | undefined>(undefined);

let asked = false;

export function wantHighlight(): void {
  if (asked) return;
  asked = true;
  void import('./highlighter').then((module) => (highlight.value = module.highlightCode));
}
