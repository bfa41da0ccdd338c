import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, test } from '@playwright/test';
import { root, summary } from '../support/data.ts';

test('a folder of this machine is served with the page, and opens', async ({ page }) => {
  const folder = join(root, 'public/demo');
  const server = spawn(join(root, 'target/release/lanescope'), ['serve', '--port', '0', folder], { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    const [line] = (await once(createInterface(server.stdout), 'line')) as [string];
    const address = /http:\/\/\S+/.exec(line)![0];
    const problems: string[] = [];
    page.on('console', (message) => void (message.type() === 'error' && problems.push(message.text())));
    await page.goto(address);
    await expect(page.locator('html')).toHaveAttribute('data-state', 'ready');
    const { runs } = summary(folder);
    await expect(page.locator('.run-select option')).toHaveCount(runs.length);
    const wall = await page.locator('[data-metric=wall_s]').first().getAttribute('data-value');
    expect(runs.map((run) => run.wall_s)).toContain(Number(wall));
    expect(problems).toEqual([]);
  } finally {
    server.kill();
  }
});
