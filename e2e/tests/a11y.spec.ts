import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { demoFiles } from '../support/data.ts';
import { expect, test, type App } from '../support/app.ts';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Runs axe in the page; evaluating it is the tester's right and not bound by the page's policy. */
async function check(app: App, where: string): Promise<void> {
  await app.page.evaluate(axe);
  const found = await app.page.evaluate(async () => {
    // @ts-expect-error axe is put there by the line above
    const { violations } = await window.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'] });
    return violations.map((v: { id: string; nodes: { target: string[]; failureSummary: string }[] }) =>
      `${v.id}: ${v.nodes.slice(0, 3).map((n) => `${n.target.join(' ')} ${n.failureSummary}`).join(' | ')}`,
    );
  });
  expect(found, where).toEqual([]);
}

for (const scheme of ['light', 'dark'] as const) {
  test(`nor does a view of the shelf, ${scheme}`, async ({ app }) => {
    await app.page.emulateMedia({ colorScheme: scheme });
    for (const view of ['files', 'library', 'share', 'coverage', 'benchmarks']) {
      await app.open(`#/${view}`);
      await app.page.locator('[data-shelf] h1').first().waitFor();
      await check(app, `${view}, empty`);
    }
    await app.open('#/library');
    await app.page.locator('[data-keep]').click();
    await app.choose(demoFiles);
    await app.state('ready');
    await app.page.locator('[role=row][data-kept]').nth(1).waitFor();
    await check(app, 'library');
    await app.page.keyboard.press('7');
    await app.page.locator('[role=row][data-path]').first().waitFor();
    await check(app, 'files');
    await app.page.locator('[data-name-group]').first().focus();
    await app.page.keyboard.press('Enter');
    await check(app, 'a group named by hand');
    await app.page.keyboard.press('Escape');
    await app.page.keyboard.press('?');
    await app.page.getByRole('dialog').waitFor();
    await check(app, 'shortcuts');
  });

  test(`no view breaks a rule of accessibility that a machine can check, ${scheme}`, async ({ app }) => {
    await app.page.emulateMedia({ colorScheme: scheme });
    await app.open();
    await check(app, 'open');
    await app.choose(demoFiles);
    await app.state('ready');
    await check(app, 'overview');
    for (const [key, view] of [['2', 'timeline'], ['3', 'tests']] as const) {
      await app.page.keyboard.press(key);
      await expect(app.page.locator('main')).toHaveAttribute('data-view', view);
      if (view === 'tests') {
        await app.page.locator('[role=row][data-test]').first().waitFor();
      }
      await check(app, view);
      if (view === 'timeline') {
        for (const panel of await app.page.locator('[role=tab][data-panel]').all()) {
          await panel.click();
          await app.page.locator('#panel [aria-busy]').waitFor({ state: 'detached' });
          await check(app, `panel ${await panel.textContent()}`);
        }
        await app.page.locator('[data-panel=time]').click();
        await app.page.locator('[data-step]').first().click();
        await app.page.locator('[data-piece]').first().waitFor();
        await check(app, 'pieces');
        await app.page.getByRole('button', { name: 'Export' }).click();
        await check(app, 'menu');
        await app.page.keyboard.press('Escape');
      }
    }
  });
}
