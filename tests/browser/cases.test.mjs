// The worklist in a real browser: selection, keys, live rows that keep focus and ticks, the board, pictures, accessibility.

import assert from 'node:assert/strict';

import { as, ask, look, test } from './browser.mjs';

test('rows are picked by keys and by the head, and keys can be switched off', async () => {
  const page = await as('CS1');
  await page.goto('/cases');
  await page.keyboard.press('j');
  await page.keyboard.press('x');
  assert.match(await page.textContent('#picked'), /已选 1 件/);
  await page.keyboard.press('j');
  await page.keyboard.press('x');
  assert.match(await page.textContent('#picked'), /已选 2 件/);
  await page.keyboard.press('?');
  assert.ok(await page.isVisible('#keys'));
  await page.keyboard.press('Escape');
  await page.keyboard.press('/');
  assert.equal(await page.evaluate(() => document.activeElement.id), 'search');
  await page.keyboard.type('jx');
  assert.equal(await page.inputValue('#search'), 'jx');
  await page.click('#pick-none');
  assert.match(await page.textContent('#picked'), /未选择/);
});

test('rows follow what others do and keep focus and ticks', async () => {
  const [one, other] = [await as('CS1'), await as('CS2')];
  await one.goto('/cases');
  await other.goto('/cases');
  const first = await one.locator('#list [data-row]').nth(0).getAttribute('id');
  await one.locator('#list [data-row]').nth(0).locator('input[type=checkbox]').check();
  await one.locator('#list [data-row]').nth(1).locator('a').focus();
  const focused = await one.evaluate(() => document.activeElement.id);
  const before = await one.getAttribute('#list', 'data-position');
  await other.locator('#list [data-row]').nth(2).locator('input[type=checkbox]').check();
  await other.click('button[value=urge]');
  await other.waitForSelector('.alert-success');
  await ask('relay');
  await one.waitForFunction((seen) => document.getElementById('list').dataset.position !== seen, before, { timeout: 20000 });
  assert.equal(await one.evaluate(() => document.activeElement.id), focused);
  assert.ok(await one.locator(`#${first} input[type=checkbox]`).isChecked());
});

test('the pages look right at every width and break no rule of accessibility', async () => {
  for (const [code, path, name] of [
    ['CS1', '/', 'board-service'],
    ['BL', '/', 'board-leader'],
    ['B1', '/', 'board-clerk'],
    ['CO1', '/', 'board-compliance'],
    ['CS1', '/cases', 'cases'],
    ['CS1', '/directory', 'directory'],
    ['CS1', '/calendar', 'calendar'],
  ]) {
    const page = await as(code);
    await page.goto(path);
    if (path === '/' && code !== 'B1') await page.waitForSelector('#plots');
    await look(page, name);
  }
});
