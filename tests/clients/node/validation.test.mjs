// The service through @grpc/grpc-js: unary calls, a stream of many, deadlines, cancels, error details, health.
// Run by `./dev test` (or `./dev test clients`). To add a test, take `caller` and build a request with applications.mjs.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, test } from 'node:test';

import { acceptable, request } from './applications.mjs';
import { Caller, details, grpc, protoLoader, startService, statusDetails, zhenshi } from './service.mjs';

const { status } = grpc;
let service, caller, nobody;

before(async () => {
  service = await startService();
  caller = new Caller(service.address, service.token('node'));
  nobody = new Caller(service.address);
});
after(async () => {
  caller?.close();
  nobody?.close();
  await service?.stop();
});

test('an application is judged, recorded, and told the same again', async () => {
  const sent = request();
  const answer = await caller.unary('ValidateApplication', sent);
  assert.equal(answer.verdict, 'VERDICT_ACCEPTED', JSON.stringify(answer.findings));
  assert.deepEqual(await caller.unary('ValidateApplication', sent), answer);
  const { submission } = await caller.unary('GetSubmission', { submission_id: answer.submission_id });
  assert.equal(submission.submission_id, answer.submission_id);
  assert.equal(submission.verdict, 'VERDICT_ACCEPTED');
});

test('what is wrong with the data is an answer, in the language asked for', async () => {
  const wrong = acceptable();
  wrong.policyholder.birth_date = { year: 1985, month: 3, day: 18 };
  const answer = await caller.unary('ValidateApplication', {
    application: wrong,
    validate_only: true,
    language_code: 'en',
  });
  assert.equal(answer.verdict, 'VERDICT_REJECTED');
  assert.equal(answer.submission_id, '');
  const finding = answer.findings.find(({ code }) => code === 'BIRTH_DATE_CONTRADICTS_ID');
  assert.equal(finding.field_path, 'policyholder.birth_date');
  assert.match(finding.message, /birth/i);
});

test('pages hold every submission once, newest first', async () => {
  const sent = [];
  const application = acceptable();
  for (let day = 1; day <= 5; day += 1) {
    application.applied_on = { year: 2026, month: 3, day };
    sent.push((await caller.unary('ValidateApplication', request(application))).submission_id);
  }
  const asked = { source: application.source, application_no: application.application_no, page_size: 2 };
  const seen = [];
  let token = '';
  do {
    const page = await caller.unary('ListSubmissions', { ...asked, page_token: token });
    seen.push(...page.submissions.map((submission) => submission.submission_id));
    token = page.next_page_token;
  } while (token);
  assert.deepEqual(seen, sent.reverse());
  await assert.rejects(caller.unary('ListSubmissions', { ...asked, page_token: 'made-up' }), (error) => {
    assert.equal(details(error).ErrorInfo.reason, 'PAGE_TOKEN_INVALID');
    return error.code === status.INVALID_ARGUMENT;
  });
});

test('an error carries its reason, every bad field, and words in the language asked for', async () => {
  const unreadable = acceptable();
  unreadable.source = '';
  unreadable.channel = 'CHANNEL_UNSPECIFIED';
  const sent = { request_id: 'not a UUID', application: unreadable, language_code: 'zh-Hant' };
  const error = await caller.unary('ValidateApplication', sent).then(assert.fail, (error) => error);
  assert.equal(error.code, status.INVALID_ARGUMENT);
  const { ErrorInfo, BadRequest, LocalizedMessage, RetryInfo } = details(error);
  assert.equal(ErrorInfo.reason, 'INVALID_REQUEST');
  assert.equal(ErrorInfo.domain, 'zhenshi');
  const fields = BadRequest.field_violations.map(({ field }) => field);
  assert.deepEqual(fields.sort(), ['application.channel', 'application.source', 'request_id']);
  assert.ok(BadRequest.field_violations.every(({ description }) => /\p{Script=Han}/u.test(description)));
  assert.equal(LocalizedMessage.locale, 'zh-Hant');
  assert.match(LocalizedMessage.message, /\p{Script=Han}/u);
  assert.equal(RetryInfo, undefined, 'the same request fails again');
});

test('a call without a token, for another source, or with a used request id is refused', async () => {
  const sent = request();
  const reason = async (call) => call.then(assert.fail, (error) => [error.code, details(error).ErrorInfo.reason]);
  assert.deepEqual(await reason(nobody.unary('ValidateApplication', sent)), [status.UNAUTHENTICATED, 'TOKEN_INVALID']);
  const elsewhere = request({ ...sent.application, source: 'elsewhere' });
  assert.deepEqual(await reason(caller.unary('ValidateApplication', elsewhere)), [
    status.PERMISSION_DENIED,
    'OUT_OF_SCOPE',
  ]);
  await caller.unary('ValidateApplication', sent);
  const reused = { ...request(), request_id: sent.request_id };
  assert.deepEqual(await reason(caller.unary('ValidateApplication', reused)), [
    status.ALREADY_EXISTS,
    'REQUEST_ID_REUSED',
  ]);
});

test('a stream of many is answered in order, and a bad message does not end it', async () => {
  const many = 2_000;
  const bad = 700;
  const stream = caller.stream();
  const ids = [];
  const writing = (async () => {
    for (let number = 0; number < many; number += 1) {
      const sent = number === bad ? request(null) : request();
      ids.push(sent.request_id);
      // A gateway waits while the service does not take more.
      if (!stream.write({ request: sent })) await once(stream, 'drain');
    }
    stream.end();
  })();
  const answers = [];
  for await (const answer of stream) answers.push(answer);
  await writing;
  assert.deepEqual(answers.map(({ request_id: id }) => id), ids);
  for (const [number, answer] of answers.entries()) {
    if (number === bad) {
      assert.equal(answer.result, 'status');
      assert.equal(answer.status.code, status.INVALID_ARGUMENT);
      assert.equal(statusDetails(answer.status).ErrorInfo.reason, 'INVALID_REQUEST');
    } else {
      assert.equal(answer.response?.verdict, 'VERDICT_ACCEPTED', `message ${number}`);
    }
  }
});

test('a deadline ends a call, and the next one is none the worse', async () => {
  const late = caller.unary('ValidateApplication', request(), Date.now() - 1);
  await assert.rejects(late, { code: status.DEADLINE_EXCEEDED });
  // Nobody ends this stream but its deadline.
  const stream = caller.stream(Date.now() + 500);
  stream.write({ request: request() });
  const [answer] = await once(stream, 'data');
  assert.equal(answer.response.verdict, 'VERDICT_ACCEPTED');
  const [error] = await once(stream, 'error');
  assert.equal(error.code, status.DEADLINE_EXCEEDED);
  await caller.unary('ValidateApplication', request());
});

test('a cancelled call ends at once and can be repeated', async () => {
  const sent = request();
  const calls = Array.from({ length: 200 }, () => {
    const call = caller.unary('ValidateApplication', sent);
    setImmediate(() => call.call.cancel());
    return call.then(() => status.OK, (error) => error.code);
  });
  for (const code of await Promise.all(calls)) assert.ok([status.OK, status.CANCELLED].includes(code), `code ${code}`);
  const answer = await caller.unary('ValidateApplication', sent);
  assert.equal(answer.verdict, 'VERDICT_ACCEPTED');
  const { application_no } = sent.application;
  const { submissions } = await caller.unary('ListSubmissions', { source: 'core', application_no });
  assert.equal(submissions.length, 1, 'recorded once, however often it was sent');

  const stream = caller.stream();
  stream.write({ request: request() });
  await once(stream, 'data');
  stream.cancel();
  const [error] = await once(stream, 'error');
  assert.equal(error.code, status.CANCELLED);
  await caller.unary('ValidateApplication', request());
});

test('health is told without a token, for the server and for the service', async () => {
  const field = (id, type) => ({ id, type });
  const health = protoLoader.fromJSON(
    {
      nested: {
        grpc: {
          nested: {
            health: {
              nested: {
                v1: {
                  nested: {
                    HealthCheckRequest: { fields: { service: field(1, 'string') } },
                    HealthCheckResponse: { fields: { status: field(1, 'int32') } },
                    Health: {
                      methods: { Check: { requestType: 'HealthCheckRequest', responseType: 'HealthCheckResponse' } },
                    },
                  },
                },
              },
            },
          },
        },
      },
    },
    { defaults: true },
  );
  const { Health } = grpc.loadPackageDefinition(health).grpc.health.v1;
  const stub = new Health(service.address, grpc.credentials.createInsecure());
  const check = (name) =>
    new Promise((done, failed) => stub.Check({ service: name }, (error, answer) => (error ? failed(error) : done(answer.status))));
  const SERVING = 1;
  for (const name of ['', 'zhenshi.v1.ValidationService']) assert.equal(await check(name), SERVING);
  await assert.rejects(check('no.such.Service'), { code: status.NOT_FOUND });
  stub.close();
  assert.ok(zhenshi.ValidationService.service.ValidateApplication);
});
