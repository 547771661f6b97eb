// The desks beside the case: lists and their export, sorting, verification, submissions, entry by hand, the try-it form.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';

import { as, ask, cases, look, notice, open, send, test } from './browser.mjs';

const of = (name) => `/cases/${cases[name]}`;
const figures = async (page) =>
  Object.fromEntries((await page.locator('.figures div').allInnerTexts()).map((told) => told.split('\n')));
const reconciles = (told) =>
  assert.equal(
    Number(told['列入清单']),
    Number(told['已分发']) + Number(told['已并入其他问题件']) + Number(told['分拣中']) + Number(told['待建立问题件']),
  );

test('lists are there with their state and digest, and one shows priorities with their parts', async () => {
  const page = await as('CS1');
  await page.goto('/lists');
  assert.match(await page.locator('table').innerText(), /2026-11-24[\s\S]*已封存/);
  await look(page, 'lists');
  await page.getByRole('link', { name: '2026-11-24' }).click();
  await page.locator('h1', { hasText: '2026-11-24' }).waitFor();
  reconciles(await figures(page));
  assert.match(await page.locator('table').first().innerText(), /客户数 \d+ \+ 线索 \d+/);
  await look(page, 'list');
});

test('a list is exported as a workbook and as text, masked', async () => {
  const page = await as('CS1');
  await page.goto('/lists/daily/2026-11-24');
  const [workbook] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: '导出 XLSX' }).click()]);
  assert.equal(workbook.suggestedFilename(), 'suspicion-list-2026-11-24.xlsx');
  assert.equal(readFileSync(await workbook.path()).subarray(0, 2).toString(), 'PK');
  const [text] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: '导出 CSV' }).click()]);
  const lines = readFileSync(await text.path(), 'utf8');
  assert.match(lines, /flow-1/);
  assert.doesNotMatch(lines, /139246800/);
});

test('customer service sorts: releases, holds, merges, and the figures reconcile', async () => {
  const page = await as('CS1');
  await page.goto('/sorting');
  reconciles(await figures(page));
  await look(page, 'sorting');
  const choose = (name) => page.getByRole('checkbox', { name: `选择 ${cases[name]}` }).check();
  const press = (name) => Promise.all([page.waitForEvent('load'), page.getByRole('button', { name, exact: true }).click()]);

  await choose('hold');
  await press('暂留');
  assert.match(await notice(page).innerText(), /表单有误/);
  assert.match(await page.locator('.error').innerText(), /必填/);
  await choose('hold');
  await page.fill('[name=reason]', '等待渠道说明');
  await press('暂留');
  assert.match(await notice(page).innerText(), /已处理 1 件/);
  assert.match(await page.locator('tr', { hasText: cases.hold }).innerText(), /暂留/);

  await choose('fresh');
  await choose('merge');
  await page.fill('[name=reason]', '同一家庭');
  await press('合并为最紧急的一件');
  assert.match(await notice(page).innerText(), /已处理 2 件/);

  // To another channel, which has to be said.
  await choose('sort');
  await page.fill('[name=reason]', '实为个人代理渠道承保');
  await press('转至其他渠道');
  assert.match(await page.locator('#sorting-channel-error').innerText(), /必填/);
  await choose('sort');
  await page.selectOption('[name=channel]', { label: '个人代理' });
  await press('转至其他渠道');
  assert.match(await notice(page).innerText(), /已处理 1 件/);
  await page.goto(`/cases/${cases.sort}`);
  assert.match(await page.locator('.facts').innerText(), /主办渠道\s*个人代理/);
  await page.goto('/sorting');

  await choose('sort');
  await press('分发');
  assert.match(await notice(page).innerText(), /已处理 1 件/);
  reconciles(await figures(page));
  const kept = await page.locator('tbody tr').count();
  assert.equal(kept, 2, 'one held, and one that took another');
  // Nothing is chosen: nothing is done, and it is said.
  await press('分发');
  assert.match(await notice(page).innerText(), /请至少选择一件/);
  await look(page, 'sorting-refused');
});

test('a verifier returns several at once, and sees the claim beside its evidence', async () => {
  const clerks = {};
  for (const name of ['m1', 'm2', 'm3']) {
    const service = await as('CS1');
    await service.goto(of(name));
    const who = await service.locator('.facts div', { hasText: '主办人' }).locator('dd').innerText();
    clerks[name] = who.split(' ')[0];
    const clerk = await as(clerks[name]);
    await clerk.goto(of(name));
    await Promise.all([clerk.waitForEvent('load'), clerk.getByRole('button', { name: '开始排查' }).click()]);
    for (const [kind, signed] of [['调查情况报告', true], ['销售人员情况说明', false]]) {
      const form = await open(clerk, 'evidence');
      await form.locator('[name=kind]').selectOption({ label: kind });
      if (signed) await form.locator('[name=signed_on]').fill('2026-11-24');
      await form.locator('[name=file]').setInputFiles({
        name: `${kind}.pdf`, mimeType: 'application/pdf', buffer: Buffer.from(`%PDF-1.7\n${kind}\n`),
      });
      await send(clerk, form);
    }
    const form = await open(clerk, 'submit');
    await form.locator('[name=outcome]').selectOption({ label: '确认不实' });
    await form.locator('[name=summary]').fill('客户电话为销售人员代填。');
    await send(clerk, form);
    assert.match(await notice(clerk).innerText(), /已提交复核/);
  }
  const page = await as('CS2');
  await page.goto('/verification');
  const row = page.locator('tr', { hasText: cases.m1 });
  for (const part of ['确认不实', '调查情况报告', '销售人员情况说明']) assert.match(await row.innerText(), new RegExp(part));
  await look(page, 'verification');
  for (const name of ['m1', 'm2']) await page.getByRole('checkbox', { name: `选择 ${cases[name]}` }).check();
  await page.fill('[name=reason]', '报告缺少客户陈述');
  await Promise.all([page.waitForEvent('load'), page.getByRole('button', { name: '退回', exact: true }).click()]);
  assert.match(await notice(page).innerText(), /已退回 2 件/);
  assert.equal(await page.locator('tr', { hasText: cases.m1 }).count(), 0);
  assert.equal(await page.locator('tr', { hasText: cases.m3 }).count(), 1);
  const clerk = await as(clerks.m1);
  await clerk.goto(of('m1'));
  assert.match(await clerk.locator('.cf-head').innerText(), /排查中[\s\S]*被退回/);
  assert.match(await clerk.locator('.timeline').innerText(), /报告缺少客户陈述/);
});

test('submissions are found by the number of their application', async () => {
  const page = await as('CS1');
  await page.goto('/submissions');
  await look(page, 'submissions');
  await page.fill('[name=application_no]', 'flow-1');
  await Promise.all([page.waitForEvent('load'), page.getByRole('button', { name: '查询' }).click()]);
  assert.equal(await page.locator('tbody tr').count(), 1);
  await page.getByRole('link', { name: 'flow-1' }).click();
  await page.locator('h1', { hasText: 'flow-1' }).waitFor();
  assert.doesNotMatch(await page.content(), /139246800/);
  await look(page, 'submission');
  // What is not there is said to be so.
  await page.goto('/submissions?application_no=nothing-of-that-name');
  assert.match(await page.locator('main').innerText(), /没有符合条件/);
});

test('the rules are tried without recording anything', async () => {
  const page = await as('B1');
  await page.goto('/try');
  await look(page, 'try');
  await page.fill('[name=name]', '测试甲');
  await page.fill('[name=certificate_number]', '11010119850315001X');
  await page.fill('[name=phone]', '12345');
  await Promise.all([page.waitForEvent('load'), page.getByRole('button', { name: '试核验' }).click()]);
  const found = await page.locator('table').innerText();
  assert.match(found, /阻断[\s\S]*校验码不正确[\s\S]*第 \d+ 条/);
  assert.equal(await page.locator('[name=name]').inputValue(), '测试甲', 'what was typed is kept');
  await look(page, 'try-findings');
  await page.goto('/submissions?application_no=try-it');
  assert.match(await page.locator('main').innerText(), /没有符合条件/);
});

test('customer service enters a case out of a call', async () => {
  const page = await as('CS1');
  await page.goto('/cases/new?application_no=agents-1');
  await look(page, 'entry');
  await page.getByRole('checkbox').first().check();
  await page.selectOption('[name=source]', { label: '新契约回访' });
  await page.fill('[name=reason]', '回访时接听者称不认识投保人');
  const press = () => Promise.all([page.waitForEvent('load'), page.getByRole('button', { name: '登记问题件' }).click()]);
  await press();
  assert.match(await page.locator('#entry-doubt-error').innerText(), /必填/);
  assert.equal(await page.locator('[name=reason]').inputValue(), '回访时接听者称不认识投保人');
  await page.getByRole('checkbox').first().check();
  await page.selectOption('[name=doubt]', { label: '非本人接听' });
  await press();
  assert.match(new URL(page.url()).pathname, /^\/cases\/\d{8}-\d{6}$/);
  assert.match(await page.locator('.facts').innerText(), /新契约回访[\s\S]*非本人接听/);
});

test('who may not is refused in words, and not led there', async () => {
  const page = await as('B1');
  await page.goto('/');
  assert.equal(await page.locator('.side a[href="/sorting"]').count(), 0);
  for (const path of ['/sorting', '/verification', '/cases/new']) {
    const answer = await page.goto(path);
    assert.equal(answer.status(), 403, path);
    assert.match(await page.locator('main').innerText(), /您的角色不能进行此操作/);
  }
  await ask('relay');
});
