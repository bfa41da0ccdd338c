import { readFileSync } from 'node:fs';
import { demo } from '../support/data.ts';
import { expect, test } from '../support/app.ts';

/** What GitHub answers a page of another host: nothing that it may read on its own pages, and files where it gives them away. */
test.beforeEach(async ({ app }) => {
  app.expectProblem(/request to another origin: https:\/\/(github\.com|raw\.githubusercontent\.com)\/|CORS policy|Failed to load resource/);
  const context = app.page.context();
  await context.route('https://github.com/**', (route) => route.abort('failed'));
  await context.route('https://raw.githubusercontent.com/**', (route) =>
    route.request().url().endsWith('/main/results/junit.xml')
      ? route.fulfill({ status: 200, headers: { 'access-control-allow-origin': '*' }, body: readFileSync(demo('parallel.junit.xml')) })
      : route.fulfill({ status: 404, headers: { 'access-control-allow-origin': '*' }, body: '404: Not Found' }),
  );
});

test('a file that GitHub shows is opened from where GitHub gives it away', async ({ app }) => {
  await app.open('#/overview?src=https://github.com/o/r/blob/main/results/junit.xml');
  await app.state('ready');
  expect(Number(await app.metric('tests'))).toBe(650);
  expect(app.requests).toContain('https://raw.githubusercontent.com/o/r/main/results/junit.xml');
});

for (const [name, address, said] of [
  ['an artifact', 'https://github.com/o/r/actions/runs/12/artifacts/34', 'gh run download 12 -R o/r'],
  ['an asset of a release', 'https://github.com/o/r/releases/download/v1/results.zip', 'gh release download v1 -R o/r -p results.zip'],
  ['a file of a private repository', 'https://github.com/o/r/blob/main/none.xml', 'private repository'],
] as const) {
  test(`${name} is answered by the steps that work`, async ({ app }) => {
    await app.open(`#/overview?src=${encodeURIComponent(address)}`);
    await expect(app.page.locator(`[role=alert][data-file="${address}"]`)).toContainText(said);
    await app.state('error');
  });
}
