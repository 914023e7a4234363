// Builds the page into one folder: hashed names, a .gz beside each text
// file, no inline script or style, and a budget for the first load.
//   node build.mjs [--out DIR] [--tests FILE] [--tests-only]
import { build } from 'esbuild';
import { createHash } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import {
  mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const BUDGET_OCTETS = 90 * 1024;
const here = dirname(fileURLToPath(import.meta.url));

function option(name, fallback) {
  const at = process.argv.indexOf(name);
  return at < 0 ? fallback : process.argv[at + 1];
}

const out = resolve(option('--out', join(here, 'dist')));
const testsFile = resolve(option('--tests', join(here, 'dist-tests.mjs')));

async function buildTests() {
  const files = readdirSync(join(here, 'tests'))
    .filter((name) => /^test-.*\.ts$/.test(name)).sort();
  await build({
    stdin: {
      contents: files.map((name) => `import './tests/${name}';`).join('\n'),
      resolveDir: here,
      loader: 'ts',
    },
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node18',
    external: ['node:*'],
    outfile: testsFile,
    logLevel: 'warning',
  });
}

function hashed(name, text) {
  const hash = createHash('sha256').update(text).digest('hex').slice(0, 10);
  return name.replace(/\.(\w+)$/, `-${hash}.$1`);
}

function put(name, text) {
  const packed = gzipSync(text, { level: 9 });
  writeFileSync(join(out, name), text);
  writeFileSync(join(out, `${name}.gz`), packed);
  return packed.length;
}

async function buildPage() {
  execFileSync(process.execPath,
    [join(here, 'node_modules/typescript/bin/tsc'), '--noEmit', '-p', here],
    { stdio: 'inherit' });

  const result = await build({
    entryPoints: { app: join(here, 'app.tsx') },
    bundle: true,
    write: false,
    outdir: out,
    format: 'iife',
    target: ['es2019'],
    charset: 'utf8',
    minify: true,
    jsx: 'automatic',
    jsxImportSource: 'preact',
    define: { 'process.env.NODE_ENV': '"production"' },
    legalComments: 'none',
    logLevel: 'warning',
  });
  const bundled = (suffix) =>
    result.outputFiles.find((file) => file.path.endsWith(suffix)).text;
  const asset = (name) => readFileSync(join(here, 'public', name), 'utf8');

  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  const parts = {
    'app.js': bundled('app.js'),
    'app.css': bundled('app.css'),
    'check.js': asset('check.js'),
    'icon.svg': asset('icon.svg'),
  };
  let index = asset('index.html');
  const sizes = [];
  for (const [name, text] of Object.entries(parts)) {
    const file = hashed(name, text);
    sizes.push([name, put(file, text)]);
    index = index.split(`{${name}}`).join(file);
  }
  sizes.push(['index.html', put('index.html', index)]);

  const total = sizes.reduce((sum, [, octets]) => sum + octets, 0);
  const list = sizes.map(([name, octets]) => `${name} ${octets}`).join(', ');
  console.log(`web: first load ${(total / 1024).toFixed(1)} kB gzip`
    + ` of ${BUDGET_OCTETS / 1024} (${list})`);
  if (total > BUDGET_OCTETS) {
    console.error('web: the first load is over its budget');
    process.exit(1);
  }
}

if (!process.argv.includes('--tests-only'))
  await buildPage();
await buildTests();
