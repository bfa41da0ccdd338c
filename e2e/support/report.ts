import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test as base, type Page } from '@playwright/test';
import { root } from './data.ts';

/** A report in one file, made by the command out of these inputs. */
export function report(folder: string, inputs: string[], more: string[] = []): string {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, 'report.html');
  execFileSync(join(root, 'target/release/lanescope'), ['report', '-o', path, ...more, ...inputs], { stdio: ['ignore', 'pipe', 'pipe'] });
  return path;
}

/** Files made up for a test, in a folder of their own. */
export function written(folder: string, files: { name: string; buffer: Buffer }[]): string {
  mkdirSync(folder, { recursive: true });
  const inputs = mkdtempSync(join(folder, 'inputs-'));
  for (const { name, buffer } of files) writeFileSync(join(inputs, name), buffer);
  return inputs;
}

/** A page at file://, watched: what is asked for, and what goes wrong. */
export class Opened {
  readonly problems: string[] = [];
  readonly requests: string[] = [];

  constructor(readonly page: Page) {}

  async watch(): Promise<void> {
    this.page.context().on('request', (request) => this.requests.push(request.url()));
    this.page.on('console', (message) => {
      if (message.type() === 'error') this.problems.push(`console: ${message.text()}`);
    });
    this.page.on('pageerror', (error) => this.problems.push(`exception: ${error.message}`));
    await this.page.addInitScript(() => {
      document.addEventListener('securitypolicyviolation', (event) => {
        console.error(`content policy: ${event.violatedDirective} ${event.blockedURI}`);
      });
    });
  }

  async open(path: string, fragment = ''): Promise<void> {
    await this.page.goto('about:blank');
    await this.page.goto(pathToFileURL(path).href + fragment);
    await expect(this.page.locator('html')).toHaveAttribute('data-state', 'ready');
  }

  /** Goes to another view, as a link in the page does. */
  async view(name: string): Promise<void> {
    await this.page.evaluate((to) => { location.hash = to; }, `#/${name}`);
    await expect(this.page.locator(`main[data-view=${name}]`)).toBeVisible();
  }
}

/** `test` with a page for reports. Problems, and requests for anything but the file and its own blobs, fail it. */
export const test = base.extend<{ opened: Opened }>({
  opened: async ({ page }, use) => {
    const opened = new Opened(page);
    await opened.watch();
    await use(opened);
    expect(opened.problems, 'problems in the report').toEqual([]);
    const others = opened.requests.filter((url) => !url.startsWith('blob:') && !/^file:.*\/report\.html(#.*)?$/.test(url));
    expect(others.filter((url) => url !== 'about:blank'), 'requests').toEqual([]);
  },
});

export { expect };
