// CaseService through @grpc/grpc-js: a doubt is reported, claimed, worked on with evidence both ways, and seen by who watches.
// Run by `./dev test` (or `./dev test clients`).

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import { acceptable, request } from './applications.mjs';
import { Caller, LOAD, ROOT, details, grpc, protoLoader, startService } from './service.mjs';

const { zhenshi } = (() => {
  const files = ['zhenshi/v1/case_service.proto', 'zhenshi/v1/directory_service.proto'];
  const loaded = protoLoader.loadSync(files, { ...LOAD, includeDirs: [join(ROOT, 'proto')] });
  return { zhenshi: grpc.loadPackageDefinition(loaded).zhenshi.v1 };
})();
const DEADLINE_MS = 30_000;
const BRANCH = 'NC01';
const PAPER = Buffer.concat([Buffer.from('%PDF-1.7\n'), Buffer.alloc(150_000, 'a synthetic document\n')]);

/** A service's stub with a token. */
class Stub {
  constructor(kind, token) {
    this.stub = new kind(service.address, grpc.credentials.createInsecure());
    this.metadata = new grpc.Metadata();
    this.metadata.set('authorization', `Bearer ${token}`);
  }

  unary(method, message) {
    const options = { deadline: Date.now() + DEADLINE_MS };
    return new Promise((done, failed) => {
      this.stub[method](message, this.metadata, options, (error, value) => (error ? failed(error) : done(value)));
    });
  }

  /** Changes a case as it was seen. */
  async change(method, { case_id, etag }, fields = {}) {
    return (await this.unary(method, { request_id: randomUUID(), case_id, etag, ...fields })).case;
  }

  close() {
    this.stub.close();
  }
}

let service, core, staff;

before(async () => {
  service = await startService();
  core = new Caller(service.address, service.token('node-cases'));
  const office = new Stub(zhenshi.DirectoryService, service.token('node-office', 'all'));
  await office.unary('UpsertBranch', { request_id: randomUUID(), branch: { code: BRANCH, name: '样例分公司' } });
  const desk = { channel: 'CHANNEL_BANCASSURANCE', branch_code: BRANCH };
  // On leave, so that nothing is given to him before he claims it.
  const away = [{ first_day: { year: 2020, month: 1, day: 1 }, last_day: { year: 2099, month: 12, day: 31 } }];
  const hired = {
    'NC-LEAD': { role: 'STAFF_ROLE_TEAM_LEADER', ...desk },
    'NC-CLERK': { role: 'STAFF_ROLE_CLERK', team_leader_code: 'NC-LEAD', leaves: away, ...desk },
    'NC-CS': { role: 'STAFF_ROLE_CUSTOMER_SERVICE' },
  };
  staff = {};
  for (const [code, fields] of Object.entries(hired)) {
    const member = { code, name: '样例戊', ...fields };
    await office.unary('UpsertStaffMember', { request_id: randomUUID(), staff_member: member });
    staff[code] = new Stub(zhenshi.CaseService, service.staffToken(code));
  }
  office.close();
});
after(async () => {
  core?.close();
  for (const member of Object.values(staff ?? {})) member.close();
  await service?.stop();
});

/** A call-back's doubt, released from sorting. */
async function doubt() {
  const application = { ...acceptable(), branch_code: BRANCH };
  const { submission_id } = await core.unary('ValidateApplication', request(application));
  const desk = staff['NC-CS'];
  const created = await desk.unary('CreateCase', {
    request_id: randomUUID(),
    source: 'CASE_SOURCE_CALL_BACK',
    doubt: 'CALL_BACK_DOUBT_WRONG_NUMBER',
    submission_id,
    reason: '回访为错号',
  });
  const case_ids = [created.case.case_id];
  const { results } = await desk.unary('ReleaseCases', { request_id: randomUUID(), case_ids });
  return results[0].case;
}

/** Sends a document in pieces. */
function attach(clerk, { case_id }, kind) {
  return new Promise((done, failed) => {
    const options = { deadline: Date.now() + DEADLINE_MS };
    const call = clerk.stub.AttachEvidence(clerk.metadata, options, (error, value) =>
      error ? failed(error) : done(value),
    );
    const signed_on = { year: 2026, month: 3, day: 3 };
    const header = { request_id: randomUUID(), case_id, kind, file_name: '样例.pdf', size_bytes: PAPER.length };
    call.write({ header: { ...header, signed_on, signer_is_policyholder: true, original_seen: true } });
    for (let place = 0; place < PAPER.length; place += 64 * 1024) {
      call.write({ content: PAPER.subarray(place, place + 64 * 1024) });
    }
    call.end();
  });
}

/** Everything of a stream. */
async function pieces(call) {
  const all = [];
  for await (const { content } of call) all.push(content);
  return Buffer.concat(all);
}

test('a doubt is claimed, worked on with evidence both ways, and submitted', async () => {
  const released = await doubt();
  const [clerk, desk] = [staff['NC-CLERK'], staff['NC-CS']];
  const claimed = (await clerk.unary('ClaimNextCase', { request_id: randomUUID() })).case;
  assert.equal(claimed.case_id, released.case_id);
  assert.equal(claimed.assignee_code, 'NC-CLERK');
  const started = await clerk.change('StartInvestigation', claimed);
  await assert.rejects(clerk.change('AddComment', claimed, { comment: '旧' }), (error) => {
    assert.equal(error.code, grpc.status.ABORTED);
    assert.equal(details(error).ErrorInfo.reason, 'ETAG_MISMATCH');
    return true;
  });
  await clerk.change('AddComment', started, { comment: '已与客户联系' });
  const { evidence } = await attach(clerk, claimed, 'EVIDENCE_KIND_CUSTOMER_PROOF');
  const attached = await attach(clerk, claimed, 'EVIDENCE_KIND_CONFIRMATION_FORM');
  const wanted = { case_id: claimed.case_id, evidence_id: evidence.evidence_id, purpose: '核对' };
  const options = { deadline: Date.now() + DEADLINE_MS };
  const got = await pieces(desk.stub.GetEvidence(wanted, desk.metadata, options));
  assert.ok(got.equals(PAPER));
  const end = { outcome: 'CASE_OUTCOME_CLEARED', cleared_kind: 'CLEARED_RELATION_KIND_FAMILY', summary: '查明' };
  const submitted = await clerk.change('SubmitCase', attached.case, end);
  assert.equal(submitted.state, 'CASE_STATE_SUBMITTED');
  const { cases } = await clerk.unary('ListCases', { filter: { states: ['CASE_STATE_SUBMITTED'] } });
  assert.deepEqual(cases.map(({ case_id }) => case_id), [claimed.case_id]);
});

test('who watches sees a case the moment it is changed', async () => {
  const desk = staff['NC-CS'];
  const { update_token } = await desk.unary('ListCases', { page_size: 1 });
  const watch = desk.stub.WatchCases({ update_token }, desk.metadata, { deadline: Date.now() + DEADLINE_MS });
  const released = await doubt();
  let seen;
  for await (const news of watch) {
    // A message without a case only says that the watch goes on.
    if (news.case?.case_id === released.case_id) {
      seen = news;
      break;
    }
  }
  assert.ok(seen.update_token);
  watch.cancel();
});
