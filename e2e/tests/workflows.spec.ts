import { execFileSync, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { root } from '../support/data.ts';

/** The program that knows the schemas of GitHub's files: a package of Python, which not every machine has. */
const checker = [process.env.CHECK_JSONSCHEMA, 'check-jsonschema'].find((name) => name && spawnSync(name, ['--version']).status === 0);

const workflows = [
  ...readdirSync(join(root, 'docs/workflows')).map((name) => join(root, 'docs/workflows', name)),
  ...readdirSync(join(root, '.github/workflows')).map((name) => join(root, '.github/workflows', name)),
];

test('action and workflows are what GitHub takes for such', async ({}) => {
  if (!checker) console.log('check-jsonschema is not on this machine: the schemas are not checked');
  test.skip(!checker, 'check-jsonschema is not on this machine');
  execFileSync(checker!, ['--builtin-schema', 'vendor.github-actions', join(root, 'action.yml')]);
  execFileSync(checker!, ['--builtin-schema', 'vendor.github-workflows', ...workflows]);
});

test('workflows to copy give the action only what it takes', async ({}) => {
  const action = readFileSync(join(root, 'action.yml'), 'utf8');
  const inputs = [...action.split('\noutputs:')[0]!.matchAll(/^ {2}([a-z0-9-]+):$/gm)].map(([, name]) => name);
  expect(inputs).toContain('paths');
  for (const path of workflows) {
    for (const [, given] of readFileSync(path, 'utf8').matchAll(/uses: (?:OWNER\/lanescope@main|\.\/)\n +with:\n((?: +[a-z-]+:.*\n?(?: {12,}[^:\n]*\n?)*)+)/g)) {
      const names = [...given!.matchAll(/^ {8,10}([a-z-]+):/gm)].map(([, name]) => name);
      expect(names, path).toContain('paths');
      for (const name of names) expect(inputs, path).toContain(name);
    }
  }
});

test('no script puts what others wrote where a shell would run it', async ({}) => {
  for (const line of readFileSync(join(root, 'action.yml'), 'utf8').split('\n')) {
    if (/^\s*run:/.test(line)) expect(line).not.toContain('${{');
  }
  for (const name of readdirSync(join(root, 'action'))) {
    execFileSync('bash', ['-n', join(root, 'action', name)]);
  }
});
