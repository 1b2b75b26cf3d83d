const mostLines = 1_000;
const mostChars = 50_000;

/** The beginning of a long text: a browser takes seconds to lay out tens of thousands of lines. */
export function startOf(text: string): string {
  let end = 0;
  for (let lines = 0; lines < mostLines; lines++) {
    const next = text.indexOf('\n', end);
    if (next < 0 || next >= mostChars) return text.length <= mostChars ? text : text.slice(0, end > 0 ? end - 1 : mostChars);
    end = next + 1;
  }
  return text.length === end ? text : text.slice(0, end - 1);
}
