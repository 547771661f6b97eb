// A browser of the system for the page's tests: one signed-in context a person, pictures, and what no page may do.
//
// Run by tests/it/browser.rs, which starts the service and says in the environment where everything is. A test that waits,
// waits for what it wants to see; nothing here sleeps and nothing is tried again. Every wait has an end: an action of the
// browser LONGEST_MS, an answer of the service's process too, and a whole test TEST_MS, after which it has failed by name.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { after, afterEach, before, test as run } from 'node:test';
import { createInterface } from 'node:readline';

const { ZHENSHI_PAGE, ZHENSHI_PEOPLE, ZHENSHI_CASES, ZHENSHI_CONTROL, ZHENSHI_PACKAGES, ZHENSHI_PICTURES } = process.env;
const require = createRequire(join(ZHENSHI_PACKAGES, 'package.json'));
const { chromium } = require('playwright-core');
const AXE = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

export const PAGE = ZHENSHI_PAGE;
export const people = JSON.parse(ZHENSHI_PEOPLE);
export const cases = JSON.parse(ZHENSHI_CASES);
// Nothing on one machine takes longer; what does has failed.
const LONGEST_MS = 15_000;
// One test, pictures of all its pages included, on a loaded machine.
const TEST_MS = 150_000;
const ARGUMENTS = [
  '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync', '--lang=zh-CN',
];
// Levels A and AA of WCAG 2.2.
const RULES = { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22a', 'wcag22aa'] };
// Widths at which the page is looked at, and whether what is read out is looked at too: it is the same on every desk.
const WIDTHS = [[1280, 800, true], [1920, 1080, false], [390, 844, true]];

let browser;
const states = new Map();
const watched = new Set();

/** A test of a file, each with an end of its own. */
export const test = (name, body) => run(name, { timeout: TEST_MS }, body);

before(async () => {
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ARGUMENTS, timeout: 4 * LONGEST_MS,
  });
}, { timeout: 5 * LONGEST_MS });
after(() => browser?.close(), { timeout: 2 * LONGEST_MS });
afterEach(leave, { timeout: 2 * LONGEST_MS });

/** A page that nobody is signed in to. */
export async function stranger(options = {}) {
  const context = await browser.newContext({
    baseURL: PAGE, locale: 'zh-CN', timezoneId: 'Asia/Shanghai', viewport: { width: 1280, height: 800 }, ...options,
  });
  context.setDefaultTimeout(LONGEST_MS);
  const page = await context.newPage();
  page.wrong = [];
  page.on('pageerror', (error) => page.wrong.push(`script: ${error.message}`));
  page.on('console', (message) => {
    const text = message.text();
    // Answers that a test asks for on purpose are told by their status.
    if (message.type() === 'error' && !/^Failed to load resource/.test(text)) page.wrong.push(`console: ${text}`);
  });
  watched.add(page);
  return page;
}

/** Fills in the form of signing in. */
export async function signIn(page, code) {
  await page.goto('/sign-in');
  await page.fill('[name=name]', `staff.${code}`);
  await page.fill('[name=password]', people[code]);
  await Promise.all([page.waitForURL((url) => url.pathname !== '/sign-in'), page.click('form [type=submit], form button.btn-primary')]);
}

/** A page of the member of staff `code`, who is signed in. */
export async function as(code, options = {}) {
  if (!states.has(code)) {
    const page = await stranger();
    await signIn(page, code);
    states.set(code, await page.context().storageState());
    await page.context().close();
    watched.delete(page);
  }
  return stranger({ storageState: states.get(code), ...options });
}

/** Ends the pages of a test; none may have done what the policy forbids, nor have an error in a script. */
async function leave() {
  const wrong = [...watched].flatMap((page) => page.wrong.map((told) => `${page.url()} ${told}`));
  await Promise.all([...watched].map((page) => page.context().close()));
  watched.clear();
  assert.deepEqual(wrong, []);
}

/** No rule of accessibility is broken on the page as it stands. */
export async function accessible(page, what) {
  await page.evaluate(AXE);
  const { violations } = await page.evaluate((rules) => window.axe.run(document, rules), RULES);
  const told = violations.map(({ id, help, nodes }) => `${id}: ${help}\n    ${nodes.slice(0, 5).map((node) => `${node.html.slice(0, 160)} ${node.failureSummary}`).join('\n    ')}`);
  assert.deepEqual(told, [], `${what ?? page.url()} at ${page.viewportSize().width}`);
}

/** Pictures of the page at every width, and that nothing but tables is wider than it. */
export async function look(page, name) {
  for (const [width, height, axe] of WIDTHS) {
    await page.setViewportSize({ width, height });
    await page.screenshot({ path: join(ZHENSHI_PICTURES, `${name}-${width}.png`), fullPage: true });
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    assert.ok(wide <= 0, `${name} is ${wide} pixels wider than a screen of ${width}`);
    if (axe) await accessible(page, name);
  }
  await page.setViewportSize({ width: 1280, height: 800 });
}

/** Asks the service's process for something: see tests/it/browser/control.rs. */
export async function ask(line) {
  const [host, port] = ZHENSHI_CONTROL.split(':');
  const socket = connect(Number(port), host);
  const answers = createInterface({ input: socket });
  const answer = new Promise((done, failed) => {
    answers.once('line', done);
    socket.once('error', failed);
    answers.once('close', () => failed(new Error(`the service's process would not ${line}`)));
    socket.setTimeout(LONGEST_MS, () => failed(new Error(`the service's process did not ${line} in ${LONGEST_MS} ms`)));
  });
  socket.write(`${line}\n`);
  try {
    assert.equal(await answer, 'done');
  } finally {
    socket.destroy();
  }
}

/** Opens the form of something that can be done with a case, and leaves it to be filled in. */
export async function open(page, deed) {
  const details = page.locator(`#do-${deed}`);
  if ((await details.getAttribute('open')) === null) await details.locator('summary').first().click();
  return details;
}

/** Presses what sends the form, and waits for the page that comes. */
export async function send(page, form) {
  await Promise.all([page.waitForEvent('load'), form.locator('button').last().click()]);
}

/** Who has a case, as its page says. */
export async function assignee(name) {
  const page = await as('CS1');
  await page.goto(`/cases/${cases[name]}`);
  const who = await page.locator('.facts div', { hasText: '主办人' }).locator('dd').innerText();
  return who.split(' ')[0];
}

/** What is said at the top of the page. */
export const notice = (page) => page.locator('main > .alert').first();
