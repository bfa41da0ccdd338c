import { demoFiles } from '../support/data.ts';
import { expect, test } from '../support/app.ts';

test('the views of the shelf are fetched when one is first shown, and each says what it is for', async ({ app }) => {
  await app.open();
  expect(app.requests.filter((url) => url.includes('lanescope-shelf'))).toEqual([]);
  for (const view of ['files', 'library', 'share', 'coverage', 'benchmarks']) {
    await app.page.evaluate((view) => { location.hash = `#/${view}`; }, view);
    await expect(app.page.locator('main')).toHaveAttribute('data-view', view);
    await expect(app.page.locator('[data-shelf] h1').first()).toBeVisible();
  }
});

test('files and share stand in the navigation, and their keys open them', async ({ app }) => {
  await app.open();
  await app.choose(demoFiles);
  await app.state('ready');
  for (const [key, view] of [['7', 'files'], ['8', 'share']] as const) {
    await app.page.keyboard.press(key);
    await expect(app.page.locator('main')).toHaveAttribute('data-view', view);
    await expect(app.page.locator(`[data-tab=${view}]`)).toHaveAttribute('aria-current', 'page');
    await expect(app.page.locator('[data-shelf] h1, [data-shelf] h2').first()).toBeVisible();
  }
});

test('the list of shortcuts opens, has the focus, and closes', async ({ app }) => {
  await app.open();
  await app.page.keyboard.press('?');
  const dialog = app.page.getByRole('dialog', { name: 'Keyboard shortcuts' });
  await expect(dialog).toBeVisible();
  await expect(dialog.getByRole('button', { name: 'Close' })).toBeFocused();
  await app.page.keyboard.press('Escape');
  await expect(dialog).toHaveCount(0);
  await app.page.keyboard.press('?');
  await dialog.getByRole('button', { name: 'Close' }).click();
  await expect(dialog).toHaveCount(0);
});

test('what stands in the link itself is opened like a file, and damage is said', async ({ app }) => {
  const junit = '<testsuite name="s"><testcase classname="a" name="über" time="1.5"/><testcase classname="a" name="two" time="2"/></testsuite>';
  await app.open(`#/overview?data=${Buffer.from(junit).toString('base64url')}`);
  await app.state('ready');
  await expect.poll(() => app.metric('tests')).toBe('2');
  await app.page.evaluate(() => { location.hash = '#/overview?data=%25%25'; });
  await expect(app.page.locator('[role=alert][data-file="link.lanescope"]')).toBeVisible();
});
