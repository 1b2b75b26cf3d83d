/** Reads the data of Server-Sent Events from pieces of text. An event is complete with its empty line. */
export class SseParser {
  /** The pieces of an incomplete line. They are joined once, so the time that a line takes is linear in its length. */
  #line: string[] = [];
  #data: string[] = [];

  /**
   * @param onRetry Called with a `retry` field: after how many milliseconds to reconnect.
   */
  constructor(private readonly onRetry: (milliseconds: number) => void = () => {}) {}

  /** Returns the data of the events that this piece completes. */
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
