import { build } from 'esbuild';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

// The page is the one that docs/ai-sdk.md shows, but for the model, which takes its time. It names the packages as any application does; which versions they are is said here.
const here = fileURLToPath(new URL('.', import.meta.url));
const shown = /```jsx\n(.*?)```/s.exec(readFileSync(`${here}../../docs/ai-sdk.md`, 'utf8'))[1];
const contents = shown.replace("model: 'demo'", "model: 'slow'");
if (contents === shown) throw new Error('The page of the documentation names no model.');
await Promise.all(['5', '6', '7'].map((version) => build({
  stdin: { contents, loader: 'jsx', resolveDir: here, sourcefile: 'page.jsx' },
  outfile: `${here}dist/page${version}.js`,
  bundle: true,
  format: 'esm',
  jsx: 'automatic',
  minify: true,
  logLevel: 'warning',
  define: { 'process.env.NODE_ENV': '"production"' },
  alias: { ai: `ai${version}`, '@ai-sdk/react': `react${version}` },
})));
