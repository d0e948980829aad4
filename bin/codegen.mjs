import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { generate, loadContext } from '@graphql-codegen/cli';
import { root } from './setup.mjs';

/*
 * npm run codegen            writes what codegen.yml says
 * node bin/codegen.mjs --check   fails where that differs from what is there
 */
const isCheck = process.argv.includes('--check');
const config = (await loadContext(join(root, 'codegen.yml'))).getConfig();
const files = await generate({ ...config, cwd: root, silent: true }, false);

for (const { filename, content } of files) {
  // The preset's graphql() looks documents up by their text: it would put all of them into every bundle.
  if (['gql.ts', 'index.ts'].includes(basename(filename))) continue;
  const path = join(root, relative(root, filename));
  const wanted = withoutUnused(content);
  if (existsSync(path) && readFileSync(path, 'utf8') === wanted) continue;
  if (isCheck) {
    console.error(`${relative(root, path)} is stale: npm run codegen`);
    process.exitCode = 1;
    continue;
  }
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, wanted);
}

/** Bundlers leave out what is not used, where they are told that making it does nothing else. */
function withoutUnused(content) {
  return content.replaceAll(/ = (new TypedDocumentString\(|parsed\()/g, ' = /*#__PURE__*/ $1');
}
