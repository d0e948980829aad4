import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { compiled } from './compiled.mjs';

/*
 * Hooks of Node's module loader: TypeScript is compiled as it is loaded. Modules name it as what it will be, .js; those of
 * the web app, which a bundler reads, leave the ending out.
 */

const globals = new URL('./globals.mjs', import.meta.url).href;

export async function resolve(specifier, context, next) {
  if (specifier === '@jest/globals') return { url: globals, format: 'module', shortCircuit: true };
  if (context.parentURL?.endsWith('.ts') && /^\.{1,2}\//.test(specifier)) {
    const source = new URL(specifier.replace(/(\.js)?$/, '.ts'), context.parentURL);
    if (existsSync(source)) return { url: source.href, format: 'typescript', shortCircuit: true };
  }
  return next(specifier, context);
}

export async function load(url, context, next) {
  if (!url.endsWith('.ts')) return next(url, context);
  return { format: 'module', source: await compiled(fileURLToPath(url)), shortCircuit: true };
}
