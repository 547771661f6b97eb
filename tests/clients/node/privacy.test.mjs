// PrivacyService through @grpc/grpc-js: access is asked for, agreed to by two, used, and found in the audit log.
// Run by `./dev test` (or `./dev test clients`).

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';

import { acceptable, request } from './applications.mjs';
import { Caller, LOAD, ROOT, details, grpc, protoLoader, startService } from './service.mjs';

const { zhenshi } = (() => {
  const files = ['zhenshi/v1/privacy_service.proto', 'zhenshi/v1/directory_service.proto'];
  const loaded = protoLoader.loadSync(files, { ...LOAD, includeDirs: [join(ROOT, 'proto')] });
  return { zhenshi: grpc.loadPackageDefinition(loaded).zhenshi.v1 };
})();
const DEADLINE_MS = 30_000;
const BRANCH = 'NP01';
const FIELDS = ['PERSON_FIELD_NAME', 'PERSON_FIELD_CERTIFICATE'];
const PURPOSE = 'ACCESS_PURPOSE_INVESTIGATION';

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

  async decide({ grant_id }) {
    return (await this.unary('DecideAccess', { request_id: randomUUID(), grant_id, agree: true })).grant;
  }

  close() {
    this.stub.close();
  }
}

let service, core, staff;

before(async () => {
  service = await startService();
  core = new Caller(service.address, service.token('node-privacy'));
  const office = new Stub(zhenshi.DirectoryService, service.token('node-office', 'all'));
  await office.unary('UpsertBranch', { request_id: randomUUID(), branch: { code: BRANCH, name: '样例分公司' } });
  const desk = { channel: 'CHANNEL_BANCASSURANCE', branch_code: BRANCH };
  const hired = {
    'NP-LEAD': { role: 'STAFF_ROLE_TEAM_LEADER', ...desk },
    'NP-CLERK': { role: 'STAFF_ROLE_CLERK', team_leader_code: 'NP-LEAD', ...desk },
    'NP-CSM': { role: 'STAFF_ROLE_CUSTOMER_SERVICE_MANAGER' },
    'NP-AU': { role: 'STAFF_ROLE_AUDITOR' },
  };
  staff = {};
  for (const [code, fields] of Object.entries(hired)) {
    const member = { code, name: '样例庚', ...fields };
    await office.unary('UpsertStaffMember', { request_id: randomUUID(), staff_member: member });
    staff[code] = new Stub(zhenshi.PrivacyService, service.staffToken(code));
  }
  office.close();
});
after(async () => {
  core?.close();
  for (const member of Object.values(staff ?? {})) member.close();
  await service?.stop();
});

/** Entries of the audit log, once there are any: the relay chains what was committed within a second. */
async function entries(filters) {
  for (const until = Date.now() + DEADLINE_MS; Date.now() < until; await pause(200)) {
    const found = (await staff['NP-AU'].unary('ListAuditEntries', filters)).entries;
    if (found.length > 0) return found;
  }
  return [];
}

const denied = (why) => (error) => {
  assert.equal(error.code, grpc.status.PERMISSION_DENIED);
  const { reason, metadata } = details(error).ErrorInfo;
  assert.equal(reason, 'ACCESS_NOT_GRANTED');
  // Read by the descriptors, a map is a list of its entries.
  assert.deepEqual(metadata, [{ key: 'why', value: why }]);
  return true;
};

test('two agree to a request, and what is revealed by it is in the audit log', async () => {
  const application = { ...acceptable(), branch_code: BRANCH };
  const { submission_id } = await core.unary('ValidateApplication', request(application));
  const subject = { submission_id, party_no: 0 };
  const clerk = staff['NP-CLERK'];
  const asking = { request_id: randomUUID(), subject, fields: FIELDS, purpose: PURPOSE, reason: '核对证件', days: 1 };
  const asked = (await clerk.unary('RequestAccess', asking)).grant;
  assert.equal(asked.state, 'ACCESS_STATE_AWAITING_HEAD');
  const reveal = { subject, fields: FIELDS, purpose: PURPOSE, reason: '核对', grant_id: asked.grant_id };
  await assert.rejects(clerk.unary('RevealFields', reveal), denied('NOT_IN_FORCE'));
  assert.equal((await staff['NP-LEAD'].decide(asked)).state, 'ACCESS_STATE_AWAITING_CUSTOMER_SERVICE');
  assert.equal((await staff['NP-CSM'].decide(asked)).in_force, true);

  const shown = await clerk.unary('RevealFields', reveal);
  assert.equal(shown.parties.length, 1);
  const { policyholder } = application;
  assert.equal(shown.parties[0].name, policyholder.name);
  assert.equal(shown.parties[0].certificate.number, policyholder.certificate.number);
  assert.deepEqual(shown.parties[0].phones, []);
  await assert.rejects(clerk.unary('RevealFields', { ...reveal, fields: ['PERSON_FIELD_EMAIL'] }), denied('OTHER_FIELDS'));

  const [entry] = await entries({ action: 'REVEAL_FIELDS', subject_id: shown.reveal_id });
  assert.equal(entry.actor, 'staff:NP-CLERK');
  assert.ok(entry.subject_ids.includes(asked.grant_id));
  assert.ok(!entry.reason.includes(policyholder.name));

  // Ended before its time, it opens nothing any more.
  await clerk.unary('EndAccess', { request_id: randomUUID(), grant_id: asked.grant_id });
  await assert.rejects(clerk.unary('RevealFields', reveal), denied('NOT_IN_FORCE'));
});
