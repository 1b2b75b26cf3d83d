/**
 * Reads the data of Server-Sent Events from text that comes in pieces cut anywhere. An event without its empty line has
 * not come.
 */
export class SseParser {
  /**
   * The pieces of a line that has not ended. They are joined once, so that a long line costs no more than its length.
   */
  #line: string[] = [];
  #data: string[] = [];

  /**
   * @param onRetry Called with the `retry` field: how many milliseconds the server asks to wait before the next
   * connection.
   */
  constructor(private readonly onRetry: (milliseconds: number) => void = () => {}) {}

  /** Takes a piece and gives the data of the events that it completes. */
  push(text: string): string[] {
    const complete: string[] = [];
    const lines = text.split('\n');
    const rest = lines.pop()!;
    for (const line of lines) {
      this.#line.push(line);
      this.#take(this.#line.join(''), complete);
      this.#line = [];
    }

    if (rest !== '') this.#line.push(rest);
    return complete;
  }

  #take(raw: string, complete: string[]): void {
    const line = raw.endsWith('\r') ? raw.slice(0, -1) : raw;
    if (line === '') {
      if (this.#data.length > 0) complete.push(this.#data.join('\n'));
      this.#data = [];
      return;
    }

    const [, field, value = ''] = /^([^:]*)(?:: ?([^]*))?$/.exec(line)!;
    if (field === 'data') this.#data.push(value);
    else if (field === 'retry' && /^\d+$/.test(value)) this.onRetry(Number(value));
  }
}
