// Runs the service on its built-in database for as long as the tests need it, and calls it as an integrator would with
// @grpc/grpc-js. Packages lie in target/node-client (see `ensure_node_client` in dev), protos in proto/.

import { spawn, execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '../../..');
const require = createRequire(join(ROOT, 'target/node-client/package.json'));
export const grpc = require('@grpc/grpc-js');
export const protoLoader = require('@grpc/proto-loader');

const BINARY = process.env.ZHENSHI_BIN ?? join(ROOT, 'target/debug/zhenshi');
// Names as in the protos, enums by name, 64-bit numbers as text, unset fields with their defaults.
export const LOAD = { keepCase: true, longs: String, enums: String, defaults: true, oneofs: true };
// No call may hang.
const DEADLINE_MS = 15_000;

export const SERVICE_CONFIG = readFileSync(join(ROOT, 'docs/service-config.json'), 'utf8');
export const zhenshi = grpc.loadPackageDefinition(
  protoLoader.loadSync('zhenshi/v1/validation_service.proto', { ...LOAD, includeDirs: [join(ROOT, 'proto')] }),
).zhenshi.v1;

// The types of error details, from the program's own descriptor set.
const described = protoLoader.loadFileDescriptorSetFromBuffer(execFileSync(BINARY, ['descriptor']), LOAD);

/** The environment without anything that would point the service at another database or configuration. */
const environment = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !name.startsWith('ZHENSHI_') && !name.startsWith('DATABASE_')),
);

/** Starts the service on free ports in a directory of its own; `stop` ends it as an operator would and cleans up. */
export async function startService() {
  // A short path that the database's own user may enter.
  const dataDir = mkdtempSync('/tmp/zs-');
  chmodSync(dataDir, 0o711);
  const log = join(dataDir, 'service.log');
  const child = spawn(
    BINARY,
    ['serve', '--data-dir', dataDir, '--grpc-listen', '127.0.0.1:0', '--http-listen', '127.0.0.1:0'],
    { stdio: ['ignore', 'pipe', openSync(log, 'a')], env: environment },
  );
  const ended = once(child, 'exit');
  const firstLine = once(createInterface({ input: child.stdout }), 'line');
  const [line] = await Promise.race([firstLine, ended.then(() => [undefined])]);
  if (line === undefined) throw new Error(`the service did not start:\n${readFileSync(log, 'utf8')}`);
  const run = (...args) =>
    JSON.parse(execFileSync(BINARY, [...args, '--data-dir', dataDir, '--json'], { env: environment }));
  return {
    address: JSON.parse(line).grpc,
    token: (name, source = 'core', channel = 'all') =>
      run('token', 'create', '--name', name, '--source', source, '--channel', channel).token,
    staffToken: (code) => run('token', 'create', '--staff', code).token,
    async stop() {
      child.kill('SIGTERM');
      const [code] = await ended;
      const text = readFileSync(log, 'utf8');
      const database = join(dataDir, 'pg/data/postmaster.pid');
      if (existsSync(database)) process.kill(Number(readFileSync(database, 'utf8').split('\n')[0]), 'SIGQUIT');
      rmSync(dataDir, { recursive: true, force: true });
      if (code !== 0) throw new Error(`the service did not stop cleanly:\n${text}`);
    },
  };
}

/** A caller with a token, and a deadline on every call. */
export class Caller {
  constructor(address, token, options = {}) {
    this.stub = new zhenshi.ValidationService(address, grpc.credentials.createInsecure(), {
      'grpc.service_config': SERVICE_CONFIG,
      ...options,
    });
    this.metadata = new grpc.Metadata();
    if (token) this.metadata.set('authorization', `Bearer ${token}`);
  }

  /** One call; rejects with the ServiceError. `call` of the promise is the call, to be cancelled. */
  unary(method, request, deadline = Date.now() + DEADLINE_MS) {
    let call;
    const answer = new Promise((done, failed) => {
      call = this.stub[method](request, this.metadata, { deadline }, (error, value) =>
        error ? failed(error) : done(value),
      );
    });
    answer.call = call;
    return answer;
  }

  /** A stream of applications, which its user writes, reads, ends or cancels. */
  stream(deadline = Date.now() + 4 * DEADLINE_MS) {
    return this.stub.ValidateApplications(this.metadata, { deadline });
  }

  close() {
    this.stub.close();
  }
}

/** The details of an error by the short name of their type: ErrorInfo, BadRequest, RetryInfo, LocalizedMessage. */
export function details(error) {
  const [encoded] = error.metadata.get('grpc-status-details-bin');
  return statusDetails(described['google.rpc.Status'].deserialize(encoded));
}

/** The same for a google.rpc.Status inside of a message of a stream. */
export function statusDetails(status) {
  return Object.fromEntries(
    status.details.map(({ type_url: url, value }) => {
      const type = url.split('/').pop();
      return [type.split('.').pop(), described[type].deserialize(value)];
    }),
  );
}
