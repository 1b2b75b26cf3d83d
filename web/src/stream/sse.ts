export interface SseFrame { id?: string; data: string }

export interface SseSink {
  frame(frame: SseFrame): void;
  retry(milliseconds: number): void;
}

/** Reads Server-Sent Events from text that comes in pieces cut anywhere. */
export class SseParser {
  #rest = '';
  #data: string[] = [];
  #id: string | undefined;

  constructor(private readonly sink: SseSink) {}

  push(text: string): void {
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) this.#line(line.endsWith('\r') ? line.slice(0, -1) : line);
  }

  #line(line: string): void {
    if (line === '') {
      this.#dispatch();
      return;
    }

    const colon = line.indexOf(':');
    if (colon === 0) return;
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(line[colon + 1] === ' ' ? colon + 2 : colon + 1);
    if (field === 'data') this.#data.push(value);
    else if (field === 'id') this.#id = value;
    else if (field === 'retry' && /^\d+$/.test(value)) this.sink.retry(Number(value));
  }

  #dispatch(): void {
    const [data, id] = [this.#data, this.#id];
    this.#data = [];
    this.#id = undefined;
    // The id counts only with its event: one that was cut off in between has not been taken in.
    if (data.length > 0) this.sink.frame(id === undefined ? { data: data.join('\n') } : { id, data: data.join('\n') });
  }
}
