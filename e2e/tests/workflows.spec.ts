import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { expect, test } from '@playwright/test';
import { root } from '../support/data.ts';

interface Read {
  path: string;
  /** What GitHub's own parser says is wrong. */
  errors: string[];
  steps: { run?: string; shell?: string; uses?: string; with?: Record<string, unknown> }[];
}

const inFolder = (folder: string) => readdirSync(join(root, folder)).map((name) => join(root, folder, name));
const workflows = [...inFolder('docs/workflows'), ...inFolder('.github/workflows')];
const action = join(root, 'action.yml');

function read(...paths: string[]): Read[] {
  return JSON.parse(execFileSync('node', [join(root, 'e2e/support/actions.mjs'), ...paths], { encoding: 'utf8' }));
}

/** A script as the shell gets it: expressions are filled in before. */
const filled = (script: string) => script.replaceAll(/\$\{\{.*?\}\}/g, '1');

test('action and workflows are what GitHub takes for such', async ({}) => {
  for (const { path, errors, steps } of read(action, ...workflows)) {
    expect(errors, path).toEqual([]);
    expect(steps.length, path).toBeGreaterThan(1);
  }
});

const good = 'on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: echo\n';
const composite = 'name: a\ndescription: b\nruns:\n  using: composite\n  steps:\n    - run: echo\n      shell: bash\n';

test('what GitHub refuses is refused', async ({}) => {
  const broken = [
    ['a word that no step has', 'a.yml', good.replace('run: echo', 'run: echo\n        shel: bash'), /Unexpected value 'shel'/],
    ['an expression about nothing', 'a.yml', good.replace('run: echo', 'run: echo\n        if: nonsense.x == 1'), /nonsense/],
    ['an expression without an end', 'a.yml', good.replace('echo', "echo '${{ github.sha'"), /not closed/],
    ['a job that waits for none', 'a.yml', good.replace('runs-on', 'needs: [b]\n    runs-on'), /no dependencies/],
    ['an event that there is not', 'a.yml', good.replace('push', 'pusch'), /pusch/],
    ['a permission that there is not', 'a.yml', `${good}permissions:\n  content: read\n`, /Unexpected value 'content'/],
    ['no YAML', 'a.yml', good.replace('steps:', 'steps: ]'), /flow-seq|Unexpected|collection/],
    ['an action that runs with nothing', 'action.yml', composite.replace('using: composite', ''), /using/],
    ['a step of an action without a shell', 'action.yml', composite.replace('shell: bash', ''), /shell/],
  ] as const;
  const sound = [['', 'a.yml', good], ['', 'action.yml', composite]] as const;
  const paths = [...sound, ...broken].map(([, name, text]) => {
    const path = join(mkdtempSync(join(tmpdir(), 'lanescope-workflow-')), name);
    writeFileSync(path, text);
    return path;
  });
  const [workflow, ownAction, ...others] = read(...paths);
  expect([workflow.errors, ownAction.errors]).toEqual([[], []]);
  for (const [n, [what, , , said]] of broken.entries()) expect(others[n].errors.join('\n'), what).toMatch(said);
});

test('workflows to copy give the action only what it takes, and all that it needs', async ({}) => {
  const [, taken] = /\ninputs:\n([\s\S]*?)\noutputs:/.exec(readFileSync(action, 'utf8'))!;
  const inputs = [...taken.matchAll(/^ {2}([a-z0-9-]+):$/gm)].map(([, name]) => name);
  expect(inputs).toContain('paths');
  for (const { path, steps } of read(...workflows)) {
    const own = steps.filter(({ uses }) => uses === './' || uses?.startsWith('OWNER/lanescope@'));
    expect(own.length, path).toBe(1);
    expect(inputs, path).toEqual(expect.arrayContaining(Object.keys(own[0].with ?? {})));
    expect(own[0].with?.paths, path).toBeTruthy();
  }
});

test('scripts are what a shell reads, and none puts what others wrote where a shell would run it', async ({}) => {
  const scripts = [...inFolder('action'), ...inFolder('.ci')];
  const folder = mkdtempSync(join(tmpdir(), 'lanescope-scripts-'));
  for (const { path, steps } of read(action, ...workflows)) {
    for (const [n, { run, shell }] of steps.entries()) {
      if (!run) continue;
      expect(shell ?? 'bash', `${path}: ${run}`).toBe('bash');
      // Numbers and words of the workflow itself may be filled in; what anybody may write comes as a variable.
      const names = [...run.matchAll(/\$\{\{\s*(.*?)\s*\}\}/g)].map(([, name]) => name);
      for (const name of names) expect(name, `${path}: ${run}`).toMatch(path === action ? /^$/ : /^matrix\.[a-z]+$/);
      const script = join(folder, `${basename(path)}-${n}.sh`);
      writeFileSync(script, `#!/usr/bin/env bash\n${filled(run)}\n`);
      scripts.push(script);
    }
  }
  expect(scripts.length).toBeGreaterThan(15);
  for (const script of scripts) execFileSync('bash', ['-n', script], { stdio: 'pipe' });
  writeFileSync(join(folder, 'bad.sh'), 'if true; then\n');
  expect(spawnSync('bash', ['-n', join(folder, 'bad.sh')]).status).not.toBe(0);
  if (spawnSync('shellcheck', ['--version']).status !== 0) {
    console.log('shellcheck is not on this machine: scripts are only parsed');
    return;
  }
  execFileSync('shellcheck', ['--severity=warning', '--shell=bash', ...scripts], { stdio: ['ignore', 'inherit', 'inherit'] });
});
