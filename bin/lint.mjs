import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { ESLint } from 'eslint';
import ts from 'typescript';
import { root } from './setup.mjs';

/*
 * ESLint and Prettier. The rules that ask for types get them from these programs, made once for all files. The web app is a
 * program of its own: it runs in browsers, and a bundler finds what it imports; so is its service worker, which has no page.
 */
const programs = {
  '**/*.ts': programOf('tsconfig.json'),
  'web/**/*.{ts,tsx}': programOf('web/tsconfig.json'),
  'web/service-worker/*.ts': programOf('web/service-worker/tsconfig.json'),
};
const eslint = new ESLint({
  cwd: root,
  overrideConfig: Object.entries(programs).map(([files, program]) => ({
    files: [files],
    languageOptions: { parserOptions: { projectService: false, programs: [program] } },
  })),
});
const results = await eslint.lintFiles(['.']);
const formatter = await eslint.loadFormatter('stylish');
const found = await formatter.format(results);
if (found) console.error(found);
if (results.some(({ errorCount, warningCount }) => errorCount + warningCount > 0)) process.exitCode = 1;

const prettier = join(root, 'node_modules/prettier/bin/prettier.cjs');
const { status } = spawnSync(process.execPath, [prettier, '--check', '--log-level=warn', '.'], {
  cwd: root,
  stdio: 'inherit',
});
if (status !== 0) process.exitCode = 1;

function programOf(configFile) {
  const fail = (diagnostic) => {
    throw new Error(ts.flattenDiagnosticMessageText(diagnostic.messageText, '\n'));
  };
  const config = ts.getParsedCommandLineOfConfigFile(
    join(root, configFile),
    {},
    { ...ts.sys, onUnRecoverableConfigFileDiagnostic: fail },
  );
  if (config.errors.length > 0) fail(config.errors[0]);
  return ts.createProgram(config.fileNames, config.options);
}
