import { expect, test as base, type Page } from '@playwright/test';
import { serve } from './server.mjs';

type Host = Awaited<ReturnType<typeof serve>>;

/** The page under test, watched. */
export class App {
  /** What went wrong so far: console errors, exceptions, breaches of the content policy, requests elsewhere. */
  readonly problems: string[] = [];
  /** Every address that was asked for, also by the worker. */
  readonly requests: string[] = [];
  private readonly expected: RegExp[] = [];

  constructor(
    readonly page: Page,
    readonly host: Host,
  ) {}

  /** Starts to watch; to be called before the page is opened. */
  async watch(): Promise<void> {
    const context = this.page.context();
    context.on('request', (request) => {
      const url = request.url();
      this.requests.push(url);
      if (!url.startsWith(`${this.host.origin}/`) && !url.startsWith('data:') && !url.startsWith('blob:')) {
        this.problems.push(`request to another origin: ${url}`);
      }
    });
    this.page.on('console', (message) => {
      if (message.type() === 'error') {
        this.problems.push(`console: ${message.text()} (${message.location().url})`);
      }
    });
    this.page.on('pageerror', (error) => this.problems.push(`exception: ${error.message}`));
    this.page.on('crash', () => this.problems.push('the page crashed'));
    await this.page.addInitScript(() => {
      document.addEventListener('securitypolicyviolation', (event) => {
        console.error(`content policy: ${event.violatedDirective} ${event.blockedURI}`);
      });
    });
  }

  /** Opens the page, with a fragment such as `#/timeline?q=slow`. */
  async open(fragment = ''): Promise<void> {
    await this.page.goto(this.host.url + fragment);
    await this.page.locator('main[data-view]').waitFor();
  }

  /** Chooses files in the picker. */
  async choose(files: string | string[] | { name: string; mimeType: string; buffer: Buffer }[]): Promise<void> {
    await this.page.locator('input[type=file][multiple]').first().setInputFiles(files);
  }

  /** Waits until `<html data-state>` is as said. */
  async state(state: 'empty' | 'loading' | 'ready' | 'error'): Promise<void> {
    await expect(this.page.locator('html')).toHaveAttribute('data-state', state);
  }

  /** The raw value of a figure on the screen. */
  async metric(name: string): Promise<string | null> {
    return await this.page.locator(`[data-metric="${name}"]`).first().getAttribute('data-value');
  }

  /** A problem that the test means to cause. */
  expectProblem(pattern: RegExp): void {
    this.expected.push(pattern);
  }

  /** The problems that nobody expected. */
  unexpected(): string[] {
    return this.problems.filter((problem) => !this.expected.some((pattern) => pattern.test(problem)));
  }
}

/** `test` with the page under test. A problem that was not expected fails the test, whatever it asserts. */
export const test = base.extend<{ app: App; host: Host }>({
  host: async ({}, use) => {
    const host = await serve();
    await use(host);
    await host.close();
  },
  app: async ({ page, host }, use) => {
    const app = new App(page, host);
    await app.watch();
    await use(app);
    expect(app.unexpected(), 'problems in the page').toEqual([]);
  },
});

export { expect };
