import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import openapiTS, { astToString, COMMENT_HEADER } from 'openapi-typescript';
import { expect, inject, test } from 'vitest';

const run = promisify(execFile);
const root = fileURLToPath(new URL('..', import.meta.url));

test('the types are those of the OpenAPI document: if not, start the server and run "npm run generate"', async () => {
  const generated = astToString(await openapiTS(new URL(`${inject('url')}/openapi/v1.json`)));
  expect(COMMENT_HEADER + generated).toBe(await readFile(`${root}/src/schema.ts`, 'utf8'));
});

test('the sources need no package but React for its hook, so whoever takes them as they are installs nothing', async () => {
  const sources = (await readdir(`${root}/src`)).map(async (name) => [name, await readFile(`${root}/src/${name}`, 'utf8')] as const);
  const packages = (await Promise.all(sources)).flatMap(([name, text]) => [...text.matchAll(/ from '([^.'][^']*)'/g)].map(([, from]) => `${name} ${from}`));
  expect(packages).toEqual(['react.ts react']);
});

test('the package holds what was built and nothing else, and works as it is published', async () => {
  const { stdout } = await run('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], { cwd: root });
  const files = (JSON.parse(stdout) as { files: { path: string }[] }[])[0]!.files.map((file) => file.path).sort();
  const modules = ['client', 'errors', 'follower', 'http', 'index', 'order', 'react', 'schema', 'sse', 'state', 'store', 'stream', 'types', 'wait'];
  expect(files).toEqual([...modules.flatMap((name) => [`dist/${name}.d.ts`, `dist/${name}.js`]), 'LICENSE', 'README.md', 'package.json'].sort());
  const script = `import { DurableChat } from 'durablechat'; console.log((await new DurableChat({ url: '${inject('url')}' }).listModels())[0].name);`;
  expect((await run(process.execPath, ['--input-type=module', '-e', script], { cwd: root })).stdout).toBe('demo\n');
});
