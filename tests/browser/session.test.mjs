// How long a session lasts: the warning before its end, what is typed kept beyond it, the way back; and the keyboard alone. The last
// file: it moves the service's clock on.

import assert from 'node:assert/strict';

import { accessible, as, ask, cases, notice, open, people, send, signIn, stranger, test } from './browser.mjs';

test('who does nothing is warned in time, stays by a press, and loses nothing when it was too late', async () => {
  const page = await stranger();
  await page.clock.install();
  await signIn(page, 'CS1');
  await page.goto(`/cases/${cases.busy}`);
  const left = Number(await page.locator('body').getAttribute('data-left'));
  const form = await open(page, 'comment');
  await form.locator('[name=comment]').fill('打到一半');
  const dialog = page.locator('#session');
  /** Time passes here and there. */
  const pass = async (seconds) => {
    await ask(`advance ${seconds}`);
    await page.clock.fastForward(seconds * 1000);
  };
  await pass(left - 60);
  await page.clock.runFor(3000);
  await dialog.waitFor({ state: 'visible' });
  assert.match(await dialog.innerText(), /会话即将结束[\s\S]*\d+ 秒后结束/);
  await accessible(page, 'the warning');
  await dialog.getByRole('button', { name: '继续' }).click();
  await dialog.waitFor({ state: 'hidden' });
  // It was kept: as long again.
  await pass(left + 60);
  await page.clock.runFor(3000);
  await dialog.waitFor({ state: 'visible' });
  assert.match(await dialog.innerText(), /会话已结束/);
  const other = await page.context().newPage();
  await other.goto('/sign-in');
  await other.fill('[name=name]', 'staff.CS1');
  await other.fill('[name=password]', people.CS1);
  await Promise.all([other.waitForURL((url) => url.pathname === '/'), other.press('[name=password]', 'Enter')]);
  await dialog.getByRole('button', { name: '继续' }).click();
  await dialog.waitFor({ state: 'hidden' });
  assert.equal(await form.locator('[name=comment]').inputValue(), '打到一半');
  await send(page, form);
  assert.match(await notice(page).innerText(), /备注已添加/);
});

test('a session that is over leads to sign-in and back to where one was', async () => {
  const page = await as('CO1');
  await page.goto('/cases');
  await page.context().clearCookies();
  await page.goto('/cases?overdue=1&channel=bancassurance');
  assert.equal(new URL(page.url()).pathname, '/sign-in');
  await page.fill('[name=name]', 'staff.CO1');
  await page.fill('[name=password]', people.CO1);
  await Promise.all([page.waitForURL(/\/cases\?/), page.press('[name=password]', 'Enter')]);
  assert.equal(new URL(page.url()).search, '?overdue=1&channel=bancassurance');
  // A form that is sent without a session does nothing, and says so.
  await page.goto(`/cases/${cases.busy}`);
  const form = await open(page, 'comment');
  await form.locator('[name=comment]').fill('不会记录');
  await page.context().clearCookies();
  await send(page, form);
  assert.match(await page.locator('.alert').innerText(), /会话已结束，刚才的操作未执行/);
});

test('from sign-in to a case and back with the keyboard alone', async () => {
  const page = await stranger();
  await page.goto('/sign-in');
  await page.keyboard.type('staff.CS1');
  await page.keyboard.press('Tab');
  await page.keyboard.type(people.CS1);
  await Promise.all([page.waitForURL((url) => url.pathname === '/'), page.keyboard.press('Enter')]);
  await page.keyboard.press('Tab');
  assert.match(await page.evaluate(() => document.activeElement.textContent), /跳到正文/);
  await page.keyboard.press('Enter');
  assert.equal(await page.evaluate(() => document.activeElement.id), 'main');
  await page.goto('/cases');
  await page.keyboard.press('j');
  const number = await page.evaluate(() => document.activeElement.textContent);
  await Promise.all([page.waitForURL(/\/cases\/\d/), page.keyboard.press('Enter')]);
  assert.match(await page.locator('h1').innerText(), new RegExp(number));
  await Promise.all([page.waitForURL(/\/cases$/), page.goBack()]);
  await page.keyboard.press('/');
  await page.keyboard.type(number);
  await Promise.all([page.waitForEvent('load'), page.keyboard.press('Enter')]);
  assert.equal(await page.locator('[data-row]').count(), 1);
});
