import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  export interface ProvidedContext {
    url: string;
  }
}

const program = fileURLToPath(new URL('../../../src/DurableChat.Server/bin/Release/net10.0/DurableChat.Server.dll', import.meta.url));

/** One real server for all tests. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  if (!existsSync(program)) throw new Error(`The server is not built: ${program} is missing.`);
  const folder = mkdtempSync(join(tmpdir(), 'durablechat-'));
  const models = { Models__0__Name: 'demo', Models__0__Provider: 'demo', Models__0__DelayMs: '0', Models__0__Allow__Temperature__Max: '1', Models__1__Name: 'slow', Models__1__Provider: 'demo', Models__1__DelayMs: '3' };
  const server = spawn('dotnet', [program, 'serve', '--urls', 'http://127.0.0.1:0', '--data', join(folder, 'chat.db')], {
    env: { ...process.env, ...models, DurableChat__Worker__DrainTime: '00:00:00' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  project.provide('url', await ready(server));
  return async () => {
    server.kill();
    await new Promise((resolve) => server.once('exit', resolve));
    rmSync(folder, { recursive: true });
  };
}

function ready(server: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let output = '';
    server.stdout!.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      const url = /is ready on (\S+?),? /.exec(output)?.[1];
      if (url) resolve(url);
    });
    server.once('exit', () => reject(new Error(`The server ended before it was ready.\n${output}`)));
  });
}
