// docs/service-config.json, as a caller uses it: a call whose answer was lost is sent again by the library itself, and is
// recorded once. The answers get lost in a proxy that stands between the caller and the real service.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { request } from './applications.mjs';
import { Caller, SERVICE_CONFIG, details, grpc, startService, zhenshi } from './service.mjs';

const { status } = grpc;
const METHOD = '/zhenshi.v1.ValidationService/ValidateApplication';
const raw = (bytes) => bytes;

let service, token, backend, proxy, caller;
// What the proxy does to the answers of the coming attempts: a status in the place of the answer.
let losses = [];
let attempts = [];

/** Passes the call on, and then, if it is told to, loses the answer. */
function pass(call, answer) {
  attempts.push(call.metadata.get('grpc-previous-rpc-attempts')[0] ?? '0');
  const metadata = new grpc.Metadata();
  metadata.set('authorization', call.metadata.get('authorization')[0]);
  backend.makeUnaryRequest(METHOD, raw, raw, call.request, metadata, (error, value) => {
    const loss = losses.shift();
    if (loss !== undefined) answer({ code: loss, details: 'the answer was lost' });
    else if (error) answer({ code: error.code, details: error.details, metadata: error.metadata });
    else answer(null, value);
  });
}

before(async () => {
  service = await startService();
  token = service.token('node-retries');
  // The backend's own retries would hide what is tested.
  backend = new grpc.Client(service.address, grpc.credentials.createInsecure(), { 'grpc.enable_retries': 0 });
  proxy = new grpc.Server();
  const { ValidateApplication: method } = zhenshi.ValidationService.service;
  proxy.addService(
    { ValidateApplication: { ...method, requestDeserialize: raw, responseSerialize: raw } },
    { ValidateApplication: pass },
  );
  const port = await new Promise((done, failed) =>
    proxy.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, port) =>
      error ? failed(error) : done(port),
    ),
  );
  caller = new Caller(`127.0.0.1:${port}`, token);
});
after(async () => {
  caller?.close();
  proxy?.forceShutdown();
  backend?.close();
  await service?.stop();
});

test('the service config is one that the library accepts, for every method', () => {
  const { methodConfig } = JSON.parse(SERVICE_CONFIG);
  const [all, stream] = methodConfig;
  assert.deepEqual(all.name, [{ service: 'zhenshi.v1.ValidationService' }]);
  assert.equal(stream.name[0].method, 'ValidateApplications');
  assert.equal(stream.retryPolicy, undefined, 'a stream is taken up again by its gateway');
  assert.ok(zhenshi.ValidationService.service[stream.name[0].method].requestStream);
});

for (const loss of ['UNAVAILABLE', 'RESOURCE_EXHAUSTED']) {
  test(`answers lost with ${loss} are asked for again, and the application is recorded once`, async () => {
    losses = [status[loss], status[loss]];
    attempts = [];
    const sent = request();
    const answer = await caller.unary('ValidateApplication', sent);
    assert.equal(answer.verdict, 'VERDICT_ACCEPTED');
    assert.deepEqual(attempts, ['0', '1', '2']);

    const direct = new Caller(service.address, token);
    const { application_no } = sent.application;
    const { submissions } = await direct.unary('ListSubmissions', { source: 'core', application_no });
    assert.deepEqual(submissions.map(({ submission_id: id }) => id), [answer.submission_id]);
    direct.close();
  });
}

test('what would fail again is not sent again', async () => {
  losses = [];
  attempts = [];
  const error = await caller.unary('ValidateApplication', request(null)).then(assert.fail, (error) => error);
  assert.equal(error.code, status.INVALID_ARGUMENT);
  assert.equal(details(error).ErrorInfo.reason, 'INVALID_REQUEST');
  assert.deepEqual(attempts, ['0']);
});

test('an outage that lasts is told after the last attempt', async () => {
  losses = Array(5).fill(status.UNAVAILABLE);
  attempts = [];
  await assert.rejects(caller.unary('ValidateApplication', request()), { code: status.UNAVAILABLE });
  assert.equal(attempts.length, 5);
});
