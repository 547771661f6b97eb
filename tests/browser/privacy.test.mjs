// Guarding the data: access asked for and decided, what was lent, what leaked, the audit log; each as the roles that may.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';

import { as, ask as tell, assignee, cases, look, notice, test } from './browser.mjs';

/** An age public key whose private one nobody here has. */
const RECIPIENT = 'age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p';
const go = (page, what) => Promise.all([page.waitForEvent('load'), what.click()]);
const press = (page, name) => go(page, page.getByRole('button', { name, exact: true }));
const fact = (page, label) => page.locator('.facts div').filter({ has: page.locator('dt', { hasText: label }) }).locator('dd').first();

/** A request of `code` for the telephone of the first customer of a case; the address of its page. */
async function ask(code, kind) {
  const page = await as(code);
  await page.goto(`/cases/${cases.busy}`);
  await go(page, page.locator('.reveal[href$="/phones"]').first());
  await go(page, page.getByRole('link', { name: '申请查阅' }));
  assert.match(await page.inputValue('[name=subject]'), new RegExp(`^${cases.busy}/`), 'whose data is known already');
  await page.selectOption('[name=purpose]', { label: '排查' });
  await page.selectOption('[name=kind]', { label: kind });
  await page.fill('[name=reason]', '上门走访前核对');
  await press(page, '提交申请');
  assert.match(await notice(page).innerText(), /表单有误[\s\S]*请至少选择一项内容/);
  assert.equal(await page.inputValue('[name=reason]'), '上门走访前核对', 'what was typed is kept');
  if (kind === '查阅') await look(page, 'access-ask');
  await page.getByLabel('电话').check();
  await press(page, '提交申请');
  assert.match(await notice(page).innerText(), /申请已提交/);
  return [page, new URL(page.url()).pathname];
}

/** Both who have to agree do. */
async function agree(path) {
  for (const [code, next] of [['BL', '待客户服务部批准'], ['IS', '已批准']]) {
    const page = await as(code);
    await page.goto(path);
    if (code === 'BL') await look(page, 'access-decide');
    await press(page, '批准');
    assert.match(await fact(page, '状态').innerText(), new RegExp(next));
  }
}

test('access is asked for, agreed to by two others, used up and ended', async () => {
  const [clerk, path] = await ask(await assignee('busy'), '查阅');
  assert.equal(await clerk.getByRole('button', { name: '批准', exact: true }).count(), 0, 'nobody decides on his own');
  // Customer service is not first.
  const early = await as('IS');
  await early.goto(path);
  await press(early, '批准');
  assert.match(await notice(early).innerText(), /须先由申请人的部门负责人批准/);
  await agree(path);
  await clerk.reload();
  assert.match(await fact(clerk, '到期时间').innerText(), /2026-11-26 00:00/);
  await look(clerk, 'access-granted');
  await press(clerk, '立即终止');
  assert.match(await fact(clerk, '状态').innerText(), /已终止/);
  const leader = await as('BL');
  await leader.goto('/access?state=5');
  assert.equal(await leader.locator('tbody tr').count(), 1);
  await leader.goto('/access');
  await look(leader, 'access');
});

test('what was lent stands in the register until somebody else confirms its end', async () => {
  const [clerk, path] = await ask(await assignee('busy'), '外借');
  await agree(path);
  await clerk.goto('/loans');
  assert.match(await clerk.locator('tbody tr').first().innerText(), /外借中/);
  assert.equal(await clerk.getByRole('checkbox', { name: /^选择/ }).count(), 0, 'the borrower confirms nothing');
  const service = await as('CS1');
  await service.goto('/loans');
  await look(service, 'loans');
  await press(service, '已归还');
  assert.match(await notice(service).innerText(), /请至少选择一件/);
  await service.getByRole('checkbox', { name: /^选择/ }).first().check();
  await press(service, '已归还');
  assert.match(await notice(service).innerText(), /已确认 1 件/);
  assert.match(await service.locator('tbody tr').first().innerText(), /已归还[\s\S]*CS1/);
});

test('whoever notices reports a leak, and the two named roles deal with it', async () => {
  const clerk = await as('A1');
  await clerk.goto('/');
  await go(clerk, clerk.locator('.side').getByRole('link', { name: '报告泄露' }));
  await look(clerk, 'leak-report');
  await clerk.fill('[name=description]', '在打印室发现遗留的客户清单');
  await press(clerk, '报告');
  assert.match(await notice(clerk).innerText(), /报告已提交/);
  assert.equal((await clerk.goto('/incidents')).status(), 403, 'and does not follow it');

  const page = await as('IS');
  await page.goto('/incidents?open=on');
  await look(page, 'leaks');
  await go(page, page.locator('tbody tr a').first());
  await press(page, '结案');
  assert.match(await notice(page).innerText(), /尚未记录任何措施/);
  await press(page, '接手');
  assert.match(await fact(page, '状态').innerText(), /已接手/);
  await page.fill('[name=measure]', '收回清单并销毁，提醒打印室管理员');
  await press(page, '记录措施');
  assert.match(await page.locator('main').innerText(), /收回清单并销毁/);
  await look(page, 'leak');
  await press(page, '结案');
  const manager = await as('CSM');
  await manager.goto(new URL(page.url()).pathname);
  await press(manager, '结案');
  assert.match(await fact(manager, '状态').innerText(), /已结案/);
});

test('an export is asked for, agreed to by both named roles, and downloaded encrypted to its receiver', async () => {
  const asker = await as('CS1');
  await asker.goto('/');
  await go(asker, asker.locator('.side').getByRole('link', { name: '明文导出' }));
  await go(asker, asker.getByRole('link', { name: '申请明文导出' }));
  await asker.fill('[name=cases]', cases.busy);
  await asker.selectOption('[name=purpose]', { label: '合规检查' });
  await asker.fill('[name=reason]', '按合作协议核查');
  await asker.getByLabel('姓名', { exact: true }).check();
  await asker.fill('[name=receiver]', '接收人乙');
  await asker.fill('[name=organisation]', '示例事务所');
  await asker.fill('[name=recipient]', 'age1');
  await press(asker, '提交申请');
  assert.match(await notice(asker).innerText(), /表单有误/);
  assert.match(await asker.locator('#export-recipient-error').innerText(), /不是有效的 age 公钥/);
  assert.equal(await asker.inputValue('[name=cases]'), cases.busy, 'what was typed is kept');
  await look(asker, 'export-ask');
  await asker.fill('[name=recipient]', RECIPIENT);
  await press(asker, '提交申请');
  assert.match(await notice(asker).innerText(), /申请已提交/);
  const path = new URL(asker.url()).pathname;
  for (const code of ['IS', 'CSM']) {
    const page = await as(code);
    await page.goto('/exports?whose=waiting');
    await go(page, page.locator(`tbody a[href="${path}"]`));
    if (code === 'IS') await look(page, 'export-decide');
    await press(page, '批准');
    assert.match(await fact(page, '状态').innerText(), code === 'IS' ? /待批准/ : /可下载/);
  }
  await asker.goto(path);
  await look(asker, 'export-ready');
  const [download] = await Promise.all([asker.waitForEvent('download'), asker.getByRole('link', { name: '下载加密文件' }).click()]);
  assert.match(download.suggestedFilename(), /^EX-20261125-\d{4}\.xlsx\.age$/);
  assert.match(readFileSync(await download.path()).subarray(0, 21).toString(), /^age-encryption\.org\/v1/);
  await asker.goto('/exports');
  await look(asker, 'exports');
});

test('the audit log is searched, and its chain verified', async () => {
  // Entries have their places in the chain then.
  await tell('relay');
  const page = await as('AU');
  await page.goto('/audit');
  const verify = await page.getByRole('button', { name: '校验', exact: true }).boundingBox();
  assert.ok(verify.y + verify.height <= page.viewportSize().height, 'it is seen without scrolling');
  await page.fill('[name=action]', 'report_leak');
  await press(page, '查询');
  assert.equal(await page.locator('tbody tr').count(), 1);
  await look(page, 'audit');
  assert.match(await page.locator('tbody').innerText(), /A1[\s\S]*报告信息泄露/);
  assert.doesNotMatch(await page.locator('tbody').innerText(), /打印室/, 'no words of people');
  await press(page, '校验');
  assert.match(await notice(page).innerText(), /记录链完整/);
  await look(page, 'audit-verified');
});

test('supervision sees on its board what was revealed, lent and leaked', async () => {
  const page = await as('CO1');
  await page.goto('/');
  const board = await page.locator('main').innerText();
  for (const part of ['最近查看明文', '最近的明文导出', '外借未归还', '未结案的信息泄露']) assert.match(board, new RegExp(part));
  await look(page, 'board-supervision');
  for (const [path, words] of [['/audit', '审计记录'], ['/access/new', '申请内容']]) {
    await page.goto(path);
    assert.match(await page.locator('main').innerText(), new RegExp(words));
  }
  for (const tag of ['zh-Hant', 'en']) {
    await page.locator(`.languages a[lang="${tag}"]`).click();
    await look(page, `access-${tag}`);
  }
});
