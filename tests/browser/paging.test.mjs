// A worklist of more than one page: on, back and to the first one, with its filter, on a desk and on a phone. After the files whose
// tests count cases: it adds some.

import assert from 'node:assert/strict';

import { as, ask, look, test } from './browser.mjs';

/** More than a page holds, which is 50. */
const PLANTED = 60;

test('a worklist of several pages is gone through and back, with its filter', async () => {
  const page = await as('CS1');
  const numbers = () => page.locator('#list [data-row] th a').allInnerTexts();
  const after = (what) => Promise.all([page.waitForEvent('load'), what]);
  const next = page.locator('#list a[rel=next]');
  const first = page.getByRole('link', { name: '回到首页', exact: true });
  await page.goto('/cases?channel=individual-agents');
  const before = await numbers();
  await ask(`plant ${PLANTED}`);
  for (const [width, height] of [[1280, 800], [390, 844]]) {
    await page.setViewportSize({ width, height });
    await page.goto('/cases');
    await page.selectOption('#f-channel', { label: '个人代理' });
    await after(page.click('#filters button'));
    const one = await numbers();
    assert.equal(one.length, 50, 'a page is full');
    assert.equal(await first.count(), 0, 'it is the first one');
    await page.locator('#pick-page').check();
    await page.click('#pick-all');
    await page.waitForFunction((all) => document.getElementById('picked').textContent.includes(all), `${before.length + PLANTED}`);
    await page.click('#pick-none');

    await after(next.click());
    assert.match(page.url(), /channel=individual-agents&after=/);
    assert.equal(await page.inputValue('#f-channel'), 'individual-agents', 'the filter is kept');
    const two = await numbers();
    assert.equal(two.length, before.length + PLANTED - 50);
    assert.equal(new Set([...one, ...two]).size, before.length + PLANTED, 'every case once');
    for (const number of before) assert.ok([...one, ...two].includes(number), number);
    for (const row of await page.locator('#list [data-row]').allInnerTexts()) assert.match(row, /个人代理/);
    assert.equal(await next.count(), 0, 'it is the last one');
    if (width === 1280) await look(page, 'cases-page-2');
    await page.setViewportSize({ width, height });

    await page.goBack();
    assert.deepEqual(await numbers(), one, 'back');
    await page.goForward();
    assert.deepEqual(await numbers(), two, 'and on again');
    await after(first.click());
    assert.match(page.url(), /\/cases\?channel=individual-agents$/);
    assert.deepEqual(await numbers(), one, 'to the first one');
  }
});
