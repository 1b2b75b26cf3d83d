import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** Stands between a client and a server and cuts connections: each one after so many bytes of answers, or, for the first few, before any answer comes through. */
export class CuttingProxy {
  cuts = 0;
  #lost: number;
  #sockets = new Set<Socket>();

  private constructor(private readonly server: Server, target: number, bytes: number, lostAnswers: number) {
    this.#lost = lostAnswers;
    server.on('connection', (client) => this.#carry(client, target, bytes));
  }

  static async start(url: string, { bytes = Infinity, lostAnswers = 0 }: { bytes?: number; lostAnswers?: number }): Promise<CuttingProxy> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new CuttingProxy(server, Number(new URL(url).port), bytes, lostAnswers);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.server.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  #carry(client: Socket, target: number, bytes: number): void {
    const server = connect(target, '127.0.0.1');
    let left = bytes;
    const end = () => {
      client.destroy();
      server.destroy();
    };
    for (const socket of [client, server]) {
      this.#sockets.add(socket);
      socket.on('error', end).on('close', end);
    }

    client.pipe(server);
    server.on('data', (data) => {
      if (this.#lost > 0) {
        this.#lost--;
        left = 0;
      } else {
        client.write(data.subarray(0, left));
        left -= data.length;
      }

      if (left <= 0) {
        this.cuts++;
        end();
      }
    });
  }
}
