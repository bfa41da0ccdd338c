import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '../support/app.ts';
import { root } from '../support/data.ts';

const list = join(root, 'fixtures/github-actions-api/jobs-of-the-shards.json');
const blobs = join(root, 'fixtures/playwright-blob');
const shards = readdirSync(blobs).filter((name) => /shard/.test(name)).map((name) => join(blobs, name));

test('jobs lie around the run that took place in them, on its clock', async ({ app }) => {
  await app.open('#/timeline');
  await app.choose([...shards, list]);
  await app.state('ready');
  const jobs = app.page.locator('[data-job]');
  await expect(jobs).toHaveCount(5);
  await expect(jobs.nth(1)).toContainText('e2e (1/3): failed, queued 6.00 s, ran 15.0 s');
  // The first shard's tests begin inside its job, and those of the third after it.
  const left = async (job: number) => (await jobs.nth(job).locator('.job-run').boundingBox())!.x;
  await expect.poll(() => left(1)).toBeLessThan(await left(2));
  await expect.poll(() => left(2)).toBeLessThan(await left(3));
  const before = await left(1);
  await app.page.keyboard.press('w');
  await expect.poll(() => left(1)).not.toBe(before);
});

test('a list of jobs alone shows them, and says what is missing', async ({ app }) => {
  await app.open('#/timeline');
  await app.choose([list]);
  await app.state('ready');
  await expect(app.page.locator('[data-job]')).toHaveCount(5);
  await expect(app.page.getByRole('heading', { name: 'No lanes can be drawn for this run' })).toBeVisible();
});
