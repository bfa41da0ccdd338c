import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from './data.ts';
import { history } from './history.ts';

/** A job of GitHub's Actions, as far as the scripts know. */
export class Job {
  readonly folder = mkdtempSync(join(tmpdir(), 'lanescope-action-'));
  readonly summary = join(this.folder, 'summary.md');
  readonly remote = join(this.folder, 'remote.git');

  constructor() {
    execFileSync('git', ['init', '--quiet', '--bare', this.remote]);
  }

  /** Runs a script of the action; gives its outputs. */
  run(script: string, settings: Record<string, string>): Record<string, string> {
    const outputs = join(mkdtempSync(join(this.folder, 'step-')), 'outputs');
    writeFileSync(outputs, '');
    const { PATH, HOME } = process.env;
    execFileSync(join(root, 'action', script), {
      cwd: this.folder,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        PATH, HOME, LC_ALL: 'C.UTF-8', GIT_CONFIG_NOSYSTEM: '1',
        GITHUB_OUTPUT: outputs, GITHUB_STEP_SUMMARY: this.summary, BINARY: join(root, 'target/release/lanescope'), ...settings,
      },
    });
    const lines = readFileSync(outputs, 'utf8').split('\n').filter(Boolean);
    return Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]));
  }

  /** The artifacts of a run of the made-up history. */
  artifacts(number: number): string {
    const folder = mkdtempSync(join(this.folder, 'artifacts-'));
    const { name, buffer } = history[number - 1]!;
    writeFileSync(join(folder, name), buffer);
    return folder;
  }

  publish(number: number, keep = 40): Record<string, string> {
    const run = { RUN_ID: String(1000 + number), RUN_ATTEMPT: '1', COMMIT: 'c0ffee', BRANCH: 'a"b<c>', KEEP: String(keep) };
    const { archive } = this.run('collect.sh', { ...run, PATHS: `${this.artifacts(number)}/*.xml\nnot/there`, HISTORY: mkdtempSync(join(this.folder, 'runs-')) });
    return this.run('publish.sh', { ...run, ARCHIVE: archive!, REMOTE: this.remote, BASE_URL: 'https://o.github.io/r/' });
  }

  /** What the branch holds, as a host of files would show it. */
  checkout(): string {
    const folder = mkdtempSync(join(this.folder, 'site-'));
    execFileSync('git', ['clone', '--quiet', '--branch', 'gh-pages', this.remote, folder]);
    return folder;
  }
}
