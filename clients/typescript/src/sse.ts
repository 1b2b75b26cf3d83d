/** Reads the data of Server-Sent Events from text that comes in pieces cut anywhere. An event without its empty line has not come. */
export class SseParser {
  #rest = '';
  #data: string[] = [];

  /** Takes a piece and gives the data of the events that it completes. */
  push(text: string): string[] {
    const complete: string[] = [];
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop() ?? '';
    for (const raw of lines) {
      const line = raw.endsWith('\r') ? raw.slice(0, -1) : raw;
      if (line === '') {
        if (this.#data.length > 0) complete.push(this.#data.join('\n'));
        this.#data = [];
      } else if (line.startsWith('data:')) {
        this.#data.push(line.slice(line[5] === ' ' ? 6 : 5));
      }
    }

    return complete;
  }
}
