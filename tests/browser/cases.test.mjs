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
    ['CS1', '/cases', 'cases'],
    ['CS1', '/directory', 'directory'],
    ['CS1', '/calendar', 'calendar'],
    ['AD', '/deliveries', 'deliveries'],
  ]) {
    const page = await as(code);
    await page.goto(path);
    await look(page, name);
  }
});

test('filters stand in the address, and a view is saved and dropped', async () => {
  const page = await as('CS1');
  await page.goto('/cases');
  const every = await page.locator('[data-row]').count();
  await page.selectOption('#f-channel', { label: '个人代理' });
  await Promise.all([page.waitForEvent('load'), page.click('#filters button')]);
  assert.match(page.url(), /channel=individual-agents/);
  const some = await page.locator('[data-row]').count();
  assert.ok(some > 0 && some < every, `${some} of ${every}`);
  await page.locator('.own-settings summary').click();
  await page.fill('#view-name', '个人代理渠道');
  await Promise.all([page.waitForEvent('load'), page.getByRole('button', { name: '保存视图' }).click()]);
  await page.goto('/cases');
  await Promise.all([page.waitForEvent('load'), page.locator('.queues a', { hasText: '个人代理渠道' }).click()]);
  assert.equal(await page.locator('[data-row]').count(), some);
  await page.locator('.own-settings summary').click();
  await Promise.all([page.waitForEvent('load'), page.getByRole('button', { name: '删除' }).first().click()]);
  assert.equal(await page.locator('.queues a', { hasText: '个人代理渠道' }).count(), 0);
});

test('many are assigned at once, and each is answered for', async () => {
  const page = await as('BL');
  await page.goto('/cases?assignee=B2');
  const before = await page.locator('[data-row]').count();
  for (const place of [0, 1]) await page.locator('[data-row] input[type=checkbox]').nth(place).check();
  await page.keyboard.press('a');
  await page.locator('#staff option[value=B1]').waitFor({ state: 'attached' });
  await page.selectOption('#staff', 'B1');
  await page.fill('#reason', 'B2 外出培训');
  await Promise.all([page.waitForEvent('load'), page.locator('.act-box button').click()]);
  assert.match(await page.locator('.alert').innerText(), /已完成 2 件/);
  await look(page, 'cases-assigned');
  await page.goto('/cases?assignee=B2');
  assert.equal(await page.locator('[data-row]').count(), before - 2);
});

test('a clerk takes the next case of his branch, or is told that there is none', async () => {
  const page = await as('B1');
  await page.goto('/cases');
  await Promise.all([page.waitForEvent('load'), page.getByRole('button', { name: '领取下一件' }).click()]);
  assert.match(await page.locator('main').innerText(), /没有可领取的问题件|主办人/);
  const service = await as('CS1');
  await service.goto('/cases');
  assert.equal(await service.getByRole('button', { name: '领取下一件' }).count(), 0);
});

test('the worklist weighs no more than its budget, cold', async () => {
  const page = await as('CS1');
  const session = await page.context().newCDPSession(page);
  await session.send('Network.enable');
  let bytes = 0;
  session.on('Network.loadingFinished', ({ encodedDataLength }) => (bytes += encodedDataLength));
  await page.goto('/cases', { waitUntil: 'load' });
  await page.locator('.queues .count:not(:empty)').first().waitFor();
  const rows = await page.locator('[data-row]').count();
  console.log(`the worklist: ${bytes} bytes cold with ${rows} rows`);
  assert.ok(bytes > 0 && bytes <= 150_000, `${bytes} bytes`);
});
