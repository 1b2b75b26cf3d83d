import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { expect, test } from 'vitest';

/** What each folder may import of the others. Arrows run one way, but for chats and their list, which know each other. */
const known: Readonly<Record<string, readonly string[]>> = {
  ui: [],
  api: ['ui'],
  markdown: ['ui'],
  chat: ['api', 'chats', 'markdown', 'ui'],
  chats: ['api', 'chat', 'ui'],
  ops: ['api', 'ui'],
  app: ['api', 'chat', 'chats', 'ops', 'ui'],
  styles: [],
  '': ['app', 'styles', 'ui'],
};

const root = join(process.cwd(), 'src');
const folderOf = (path: string) => relative(root, path).split('/').slice(0, -1)[0] ?? '';

/** Every import of a source, also of types and at run time, that leads to another folder. */
function importsOf(file: string): string[] {
  const found = readFileSync(file, 'utf8').matchAll(/(?:from|import|import\()\s*'(\.[^']*)'/g);
  return [...found].map(([, path]) => folderOf(join(dirname(file), path!))).filter((folder) => folder !== folderOf(file));
}

const sources = readdirSync(root, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
  .map((entry) => join(entry.parentPath, entry.name));

test('every source imports only what its folder may', () => {
  expect(sources.filter((file) => !(folderOf(file) in known)), 'folders without a place in this test').toEqual([]);
  const wrong = sources.flatMap((file) => importsOf(file)
    .filter((other) => !known[folderOf(file)]!.includes(other))
    .map((other) => `${relative(root, file)} imports ${other}/`));
  expect(wrong).toEqual([]);
});

test('the imports are found', () => {
  expect(new Set(sources.flatMap(importsOf))).toEqual(new Set(Object.values(known).flat()));
});
