import preact from '@preact/preset-vite';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { defineConfig, type Plugin } from 'vitest/config';

/** The sources of the npm client: the page needs neither a build of it nor its packages, and what is changed there shows here at once. */
const client = fileURLToPath(new URL('../clients/typescript/src', import.meta.url));

const compressible = /\.(js|css|html|svg|webmanifest)$/;

/** Compresses once at build time, as hard as it goes, so that the server never has to. */
function precompress(): Plugin {
  return {
    name: 'precompress',
    apply: 'build',
    closeBundle() {
      for (const entry of readdirSync('dist', { recursive: true, withFileTypes: true })) {
        if (!entry.isFile() || !compressible.test(entry.name)) continue;
        const file = join(entry.parentPath, entry.name);
        const bytes = readFileSync(file);
        writeFileSync(`${file}.br`, brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } }));
        writeFileSync(`${file}.gz`, gzipSync(bytes, { level: 9 }));
      }
    },
  };
}

/** Fonts that are asked for only once the style is there come after the first drawing. */
function preloadFonts(): Plugin {
  return {
    name: 'preload-fonts',
    apply: 'build',
    transformIndexHtml(_, context) {
      const fonts = Object.keys(context.bundle ?? {}).filter((name) => /geist-latin.*\.woff2$/.test(name));
      return fonts.map((name) => ({ tag: 'link', injectTo: 'head', attrs: { rel: 'preload', as: 'font', type: 'font/woff2', href: `/${name}`, crossorigin: true } }));
    },
  };
}

export default defineConfig({
  resolve: { alias: { durablechat: join(client, 'index.ts') } },
  plugins: [preact(), preloadFonts(), precompress()],
  build: {
    target: 'es2022',
    modulePreload: { polyfill: false },
    // Inlined data: URLs would need a wider content security policy.
    assetsInlineLimit: 0,
    sourcemap: false,
  },
  server: { fs: { allow: ['.', client] }, proxy: { '/api': 'http://127.0.0.1:8080', '/metrics': 'http://127.0.0.1:8080' } },
  // The default limit of 5 seconds fails on a busy machine; this one is for tests that hang.
  test: { environment: 'jsdom', include: ['src/**/*.test.{ts,tsx}'], testTimeout: 60_000, hookTimeout: 60_000 },
});
