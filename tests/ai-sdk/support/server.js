import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../../../src/DurableChat.Server/bin/Release/net10.0/DurableChat.Server.dll', import.meta.url));

const settings = {
  Models__0__Name: 'demo', Models__0__Provider: 'demo', Models__0__DelayMs: '0',
  Models__1__Name: 'slow', Models__1__Provider: 'demo', Models__1__DelayMs: '10',
  DurableChat__Worker__MaxAttempts: '2', DurableChat__Worker__Retry__FirstDelay: '00:00:01',
  Logging__LogLevel__Default: 'Warning',
};

/** The real server as a process of its own, on a free port, with its own database and more settings. */
export async function startServer(more = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'durablechat-ai-sdk-'));
  const process_ = spawn('dotnet', [program, 'serve', '--urls', 'http://127.0.0.1:0', '--data', join(folder, 'chat.db')], {
    env: { ...process.env, ...settings, ...more },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise((resolve) => process_.once('exit', resolve));
  const url = await new Promise((resolve, reject) => {
    process_.once('exit', () => reject(new Error('The server ended before it was ready.')));
    createInterface(process_.stdout).on('line', (line) => {
      const ready = /^DurableChat is ready on (\S+)/.exec(line);
      if (ready) resolve(ready[1].replace(/\/$/, ''));
    });
  });
  return {
    url,
    api: `${url}/ai-sdk/chat`,
    async stop() {
      process_.kill('SIGKILL');
      await ended;
      rmSync(folder, { recursive: true });
    },
  };
}
