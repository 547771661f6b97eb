// The frame of every page: signing in as each role, the lost session, what a page weighs, and what the policy forbids.

import assert from 'node:assert/strict';

import { PAGE, as, cases, look, people, signIn, stranger, test } from './browser.mjs';

const ROLES = { CS1: '客户服务部', B1: '渠道内勤', BL: '业务团队负责人', BH: '销售渠道负责人', CO1: '合规', IS: '专员', CSM: '客户服务部负责人', AD: '系统管理员', AU: '审计' };

test('each role signs in and has a board', async () => {
  for (const [code, role] of Object.entries(ROLES)) {
    const page = await stranger();
    await signIn(page, code);
    assert.match(await page.locator('.who').innerText(), new RegExp(role));
    if (await page.locator('[hx-get="/board/plots"], #plots').count()) await page.waitForSelector('#plots');
    await look(page, `board-${code}`);
    await page.context().close();
  }
});

test('nobody comes in with another’s name or a wrong password, and is led back to where he was', async () => {
  const page = await stranger();
  await page.goto(`/cases/${cases.busy}`);
  assert.equal(new URL(page.url()).pathname, '/sign-in');
  await look(page, 'sign-in');
  await page.fill('[name=name]', 'staff.CS1');
  await page.fill('[name=password]', 'wrong');
  await Promise.all([page.waitForEvent('load'), page.press('[name=password]', 'Enter')]);
  assert.equal(new URL(page.url()).pathname, '/sign-in');
  assert.ok(await page.locator('.alert-danger, [role=alert]:not(:empty)').first().isVisible());
  await page.fill('[name=name]', 'staff.CS1');
  await page.fill('[name=password]', people.CS1);
  await Promise.all([page.waitForURL(/\/cases\//), page.press('[name=password]', 'Enter')]);
  assert.equal(new URL(page.url()).pathname, `/cases/${cases.busy}`);
});

test('a form of another site changes nothing', async () => {
  const page = await as('CS1');
  await page.goto(`/cases/${cases.busy}`);
  const csrf = await page.locator('body').getAttribute('data-csrf');
  const fields = { csrf, etag: '1', request_id: '0190aaaa-0000-7000-8000-000000000000', comment: 'x' };
  const post = (form, headers) =>
    page.request.post(`/cases/${cases.busy}/do/comment`, { form, headers, maxRedirects: 0 });
  assert.equal((await post(fields, { 'sec-fetch-site': 'cross-site' })).status(), 403);
  assert.equal((await post({ ...fields, csrf: 'other' }, { 'sec-fetch-site': 'same-origin' })).status(), 403);
});

test('the page of a case weighs no more than its budget, cold', async () => {
  const page = await as('CS1');
  const session = await page.context().newCDPSession(page);
  await session.send('Network.enable');
  let bytes = 0;
  session.on('Network.loadingFinished', ({ encodedDataLength }) => (bytes += encodedDataLength));
  await page.goto(`/cases/${cases.busy}`, { waitUntil: 'networkidle' });
  console.log(`a case's page: ${bytes} bytes cold`);
  assert.ok(bytes <= 150_000, `${bytes} bytes`);
});

test('nothing written into a page runs', async () => {
  const page = await as('CS1');
  await page.goto('/');
  const broken = page.waitForEvent('console', (message) => /Content Security Policy/.test(message.text()));
  await page.evaluate(() => {
    const script = document.createElement('script');
    script.textContent = 'window.ran = true';
    document.body.append(script);
  });
  await broken;
  assert.equal(await page.evaluate(() => window.ran), undefined);
  page.wrong.length = 0;
  const headers = (await page.goto('/')).headers();
  assert.doesNotMatch(headers['content-security-policy'], /unsafe/);
  assert.equal(headers['cache-control'], 'no-store');
  assert.ok(PAGE);
});
