// One case: seen by every role, from the desk of a clerk to its verified end, with what goes wrong on the way.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';

import { accessible, as, ask, assignee, cases, look, notice, open, send, test } from './browser.mjs';

const pdf = (name) => ({ name, mimeType: 'application/pdf', buffer: Buffer.from(`%PDF-1.7\n${name}\n`) });
const state = (page) => page.locator('.cf-head .tag').first().innerText();
const of = (name) => `/cases/${cases[name]}`;

async function attach(page, kind, file, { signed } = {}) {
  const form = await open(page, 'evidence');
  await form.locator('[name=kind]').selectOption({ label: kind });
  if (signed) {
    await form.locator('[name=signer]').check();
    await form.locator('[name=signed_on]').fill('2026-11-24');
  }
  await form.locator('[name=original]').check();
  await form.locator('[name=file]').setInputFiles(file);
  await send(page, form);
}

test('every state and role of a case can be looked at', async () => {
  const views = [
    ['CS1', 'sort', 'case-sorting'], ['BL', 'flow', 'case-assigned-leader'], ['CS1', 'busy', 'case-investigating-service'],
    ['CO1', 'mixed', 'case-mixed-compliance'], ['CS1', 'gone', 'case-withdrawn'], ['AU', 'direct', 'case-auditor'],
  ];
  for (const [who, name, picture] of views) {
    const page = await as(who);
    await page.goto(of(name));
    await look(page, picture);
  }
  const clerk = await assignee('busy');
  const page = await as(clerk);
  await page.goto(of('busy'));
  await look(page, 'case-investigating-clerk');
  await open(page, 'submit');
  await open(page, 'evidence');
  await page.locator('.hindered summary').click();
  await look(page, 'case-forms');
});

test('another channel’s customers are stubs for a clerk, and everything for customer service', async () => {
  const clerk = await as(await assignee('mixed'));
  await clerk.goto(of('mixed'));
  assert.equal(await clerk.locator('.compare th .tag', { hasText: '其他渠道' }).count(), 1);
  const service = await as('CS1');
  await service.goto(of('mixed'));
  assert.equal(await service.locator('.compare th .tag', { hasText: '其他渠道' }).count(), 0);
  const phones = service.locator('.compare tr', { hasText: '电话' }).first();
  assert.match(await phones.innerText(), /一致|部分相同/);
  const body = await service.content();
  assert.doesNotMatch(body, /139246800/, 'no telephone stands in clear');
});

test('a case goes from the clerk’s desk to its verified end', async () => {
  const code = await assignee('flow');
  const clerk = await as(code);
  await clerk.goto(of('flow'));
  assert.equal(await state(clerk), '已分派');
  await Promise.all([clerk.waitForEvent('load'), clerk.getByRole('button', { name: '开始排查' }).click()]);
  assert.equal(await state(clerk), '排查中');
  assert.match(await notice(clerk).innerText(), /已开始排查/);
  // A reload does not do it again.
  await clerk.reload();
  assert.equal(await state(clerk), '排查中');

  const cleared = clerk.locator('.missing div', { hasText: '排除可疑' });
  assert.match(await cleared.innerText(), /缺少客户证明材料/);
  const early = await open(clerk, 'submit');
  await early.locator('[name=outcome]').selectOption({ label: '排除可疑' });
  await early.locator('[name=cleared_kind]').selectOption({ label: '亲属共用' });
  await early.locator('[name=summary]').fill('夫妻共用一部电话。');
  await send(clerk, early);
  assert.match(await notice(clerk).innerText(), /不齐全[\s\S]*缺少客户证明材料/);
  assert.equal(await clerk.locator('#do-submit [name=summary]').inputValue(), '夫妻共用一部电话。', 'what was typed is kept');
  assert.equal(await clerk.locator('#do-submit').getAttribute('open'), '', 'and its form is open');

  await attach(clerk, '关系证明', pdf('结婚证.pdf'));
  await attach(clerk, '客户信息确认书（亲笔签名）', pdf('确认书.pdf'), { signed: true });
  assert.equal(await clerk.locator('.pieces li').count(), 2);
  const form = await open(clerk, 'submit');
  await form.locator('[name=outcome]').selectOption({ label: '排除可疑' });
  await form.locator('[name=cleared_kind]').selectOption({ label: '亲属共用' });
  await form.locator('[name=summary]').fill('夫妻共用一部电话。');
  await send(clerk, form);
  assert.equal(await state(clerk), '待复核');

  const service = await as('CS2');
  await service.goto(of('flow'));
  await look(service, 'case-submitted-verifier');
  const verify = await open(service, 'verify');
  await verify.locator('[name=note]').fill('材料齐全，与客户电话核实一致。');
  await send(service, verify);
  if ((await state(service)) === '待复核') {
    // It fell into the share that compliance verifies too.
    const compliance = await as('CO1');
    await compliance.goto(of('flow'));
    await send(compliance, await open(compliance, 'verify'));
    await service.reload();
  }
  assert.equal(await state(service), '已办结');
  await look(service, 'case-closed');
});

test('evidence is downloaded as it was sent, for a purpose that stands on the timeline', async () => {
  const page = await as('CS1');
  await page.goto(of('flow'));
  // By what it is: two that were attached in one instant of the fixed clock have no order.
  const piece = page.locator('.pieces li', { hasText: '关系证明' }).first();
  await piece.locator('summary').click();
  await piece.locator('[name=purpose]').fill('复核抽查');
  const [download] = await Promise.all([page.waitForEvent('download'), piece.getByRole('button').click()]);
  assert.equal(download.suggestedFilename(), '结婚证.pdf');
  assert.equal(readFileSync(await download.path(), 'utf8'), '%PDF-1.7\n结婚证.pdf\n');
  await page.reload();
  assert.match(await page.locator('.timeline li').first().innerText(), /查看证明材料[\s\S]*复核抽查/);
});

test('a file that cannot be evidence is refused with the reason, and the fields are kept', async () => {
  const page = await as(await assignee('upload'));
  await page.goto(of('upload'));
  const program = { name: '报告.docx', mimeType: 'application/msword', buffer: Buffer.from('PK\u0003\u0004 no evidence') };
  await attach(page, '调查情况报告', program, { signed: true });
  assert.match(await notice(page).innerText(), /不接受此类型的文件/);
  assert.equal(await page.locator('#do-evidence [name=signed_on]').inputValue(), '2026-11-24');
  assert.equal(await page.locator('.pieces li').count(), 0);
  await accessible(page);
  // Signed, and no day is given.
  const form = await open(page, 'evidence');
  await form.locator('[name=signed_on]').fill('');
  await form.locator('[name=file]').setInputFiles(pdf('报告.pdf'));
  await send(page, form);
  assert.match(await page.locator('#evidence-signed_on-error').innerText(), /必填/);
  await look(page, 'case-upload-refused');
});

test('an upload works without a script', async () => {
  const page = await as(await assignee('upload'), { javaScriptEnabled: false });
  await page.goto(of('upload'));
  await page.locator('#do-evidence summary').click();
  await page.selectOption('#evidence-kind', { label: '其他' });
  await page.setInputFiles('#evidence-file', pdf('附件.pdf'));
  await page.click('#do-evidence button');
  await page.waitForURL(/done=evidence/);
  assert.match(await notice(page).innerText(), /证明材料已上传/);
  assert.equal(await page.locator('.pieces li').count(), 1);
});

test('two who change one case are told of each other, and nothing that was typed is lost', async () => {
  const code = await assignee('conflict');
  const clerk = await as(code);
  await clerk.goto(of('conflict'));
  const form = await open(clerk, 'submit');
  await form.locator('[name=outcome]').selectOption({ label: '无法联系' });
  await form.locator('[name=summary]').fill('三次联系未果。');

  const service = await as('CS1');
  await service.goto(of('conflict'));
  const extend = await open(service, 'extend');
  await extend.locator('[name=working_days]').fill('2');
  await extend.locator('[name=reason]').fill('客户出差');
  await send(service, extend);
  assert.match(await notice(service).innerText(), /已延长/);

  // The page of the clerk is told of it while he types.
  await ask('relay');
  await clerk.locator('.live .alert').waitFor();
  assert.match(await clerk.locator('.live').innerText(), /有新的变化[\s\S]*延长办理时限/);
  assert.equal(await form.locator('[name=summary]').inputValue(), '三次联系未果。');
  await send(clerk, form);
  assert.match(await notice(clerk).innerText(), /已被他人修改[\s\S]*CS1 延长办理时限/);
  assert.equal(await clerk.locator('#do-submit [name=summary]').inputValue(), '三次联系未果。');
  await look(clerk, 'case-conflict');
  // Sent again on the version that is shown now, it is judged on its merits.
  await send(clerk, clerk.locator('#do-submit'));
  assert.match(await notice(clerk).innerText(), /不齐全/);
});

test('a form that is sent twice is done once', async () => {
  const page = await as('CS1');
  await page.goto(of('busy'));
  const form = await open(page, 'comment');
  await form.locator('[name=comment]').fill('只记一次');
  const count = () => page.locator('.timeline .said', { hasText: '只记一次' }).count();
  const fields = await form.locator('form').evaluate((own) => [...new FormData(own)]);
  await send(page, form);
  assert.equal(await count(), 1);
  const again = await page.request.post(`${of('busy')}/do/comment`, {
    form: Object.fromEntries(fields), headers: { 'sec-fetch-site': 'same-origin' }, maxRedirects: 0,
  });
  assert.equal(again.status(), 303);
  await page.reload();
  assert.equal(await count(), 1);
});

test('the assignee reveals a telephone with a reason; it is gone after a minute, and others are refused', async () => {
  const code = await assignee('busy');
  const clerk = await as(code);
  await clerk.goto(of('busy'));
  const href = await clerk.locator('.reveal[href$="/phones"]').first().getAttribute('href');
  await clerk.goto(href);
  await look(clerk, 'reveal-ask');
  await clerk.fill('[name=reason]', '拨打客户电话核实');
  const [answer] = await Promise.all([
    clerk.waitForResponse((answer) => answer.request().method() === 'POST'),
    clerk.getByRole('button', { name: '查看明文' }).click(),
  ]);
  assert.equal(answer.status(), 200);
  assert.equal(answer.headers()['cache-control'], 'no-store');
  assert.match(answer.headers().refresh, new RegExp(`^([1-9]|[1-5]\\d|60); url=${of('busy')}$`));
  await clerk.locator('td', { hasText: /139246800\d\d/ }).first().waitFor();
  // What he is not assigned for is refused in words.
  await clerk.goto(href.replace('/phones', '/address'));
  await clerk.fill('[name=reason]', '寄送信函');
  await Promise.all([clerk.waitForEvent('load'), clerk.getByRole('button', { name: '查看明文' }).click()]);
  assert.match(await notice(clerk).innerText(), /未获得有效的查阅许可/);
  assert.equal(await clerk.locator('[name=reason]').inputValue(), '寄送信函');
  await look(clerk, 'reveal-refused');
  const service = await as('CS1');
  await service.goto(href);
  await service.fill('[name=reason]', '核对');
  await Promise.all([service.waitForEvent('load'), service.getByRole('button', { name: '查看明文' }).click()]);
  assert.match(await notice(service).innerText(), /您不是主办人/);
});

test('the confirmation form is a page of its own', async () => {
  const page = await as(await assignee('busy'));
  await page.goto(of('busy'));
  const href = await page.locator('.form-links a').first().getAttribute('href');
  await page.goto(href);
  assert.match(await page.title(), /客户信息确认书/);
  assert.equal(await page.evaluate(() => getComputedStyle(document.querySelector('table')).borderCollapse), 'collapse', 'it has its look');
  await page.screenshot({ path: `${process.env.ZHENSHI_PICTURES}/confirmation-form.png`, fullPage: true });
});

test('a case that is nobody’s business is not there', async () => {
  const page = await as('A1');
  const answer = await page.goto(of('busy'));
  assert.equal(answer.status(), 404);
  await look(page, 'case-not-found');
});

test('a case is worked on with the keyboard alone', async () => {
  const page = await as('CS1');
  await page.goto(of('busy'));
  const summary = page.locator('#do-comment > summary');
  await summary.focus();
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  await page.keyboard.type('键盘备注');
  await page.keyboard.press('Tab');
  await Promise.all([page.waitForEvent('load'), page.keyboard.press('Enter')]);
  assert.match(await notice(page).innerText(), /备注已添加/);
});

test('it speaks Traditional Chinese and English, and prints with class, user and time', async () => {
  for (const [tag, words] of [['zh-Hant', '辦理記錄'], ['en', 'Timeline']]) {
    const page = await as('CS1');
    await page.goto(of('busy'));
    await page.locator(`.languages a[lang="${tag}"]`).click();
    await page.locator('h2', { hasText: words }).waitFor();
    await look(page, `case-${tag}`);
    await page.emulateMedia({ media: 'print' });
    assert.ok(await page.locator('.sheet').isVisible());
    assert.match(await page.locator('.sheet').innerText(), /cs1[\s\S]*2026-11-25/);
    await page.screenshot({ path: `${process.env.ZHENSHI_PICTURES}/case-print-${tag}.png`, fullPage: true });
  }
  await ask('relay');
});
