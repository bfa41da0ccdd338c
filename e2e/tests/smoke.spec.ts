import { expect, test } from '../support/app.ts';

test('the page starts empty, under any path, and asks for nothing but its own files', async ({ app, host }) => {
  await app.open();
  await app.state('empty');
  await expect(app.page.locator('input[type=file][multiple]').first()).toBeAttached();
  await expect(app.page).toHaveTitle(/Lanescope/);
  expect(app.requests.length).toBeGreaterThan(2);
  for (const url of app.requests) {
    expect(url.startsWith(host.url), url).toBe(true);
  }
});

test('the content policy is strict, and stands before anything that runs', async ({ app }) => {
  await app.open();
  const policy = await app.page.locator('head > meta[http-equiv="Content-Security-Policy"]').getAttribute('content');
  expect(policy).toContain("default-src 'none'");
  expect(policy).toMatch(/script-src 'self' 'wasm-unsafe-eval' 'sha256-[^']+';/);
  const first = await app.page.evaluate(() => {
    const meta = document.querySelector('meta[http-equiv]')!;
    const script = document.querySelector('script')!;
    return Boolean(meta.compareDocumentPosition(script) & Node.DOCUMENT_POSITION_FOLLOWING);
  });
  expect(first).toBe(true);
});

test('a script that is put into the page does not run', async ({ app }) => {
  app.expectProblem(/content policy|Content Security Policy/i);
  await app.open();
  const ran = await app.page.evaluate(() => {
    const script = document.createElement('script');
    script.textContent = 'window.intruder = true';
    document.head.append(script);
    return 'intruder' in window;
  });
  expect(ran).toBe(false);
  expect(app.problems.length).toBeGreaterThan(0);
});
