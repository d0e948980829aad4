import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Certificate {
  certificate: string;
  key: string;
  /** Holds the certificate: for `NODE_EXTRA_CA_CERTS` of whoever is to trust it. */
  file: string;
}

let made: Certificate | null = null;

/** A certificate of 127.0.0.1 and localhost, made once in this process by the program openssl. */
export function localCertificate(): Certificate {
  if (made) return made;
  const folder = mkdtempSync(join(tmpdir(), 'parley-certificate-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const [file, keyFile] = [join(folder, 'certificate.pem'), join(folder, 'key.pem')];
  const names = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1,DNS:localhost'];
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  try {
    execFileSync('openssl', ['req', '-x509', ...key, ...names, '-keyout', keyFile, '-out', file], { stdio: 'pipe' });
  } catch (cause) {
    throw new Error('The test needs openssl 1.1.1 or newer: apt-get install openssl, or brew install openssl.', {
      cause,
    });
  }
  made = { certificate: readFileSync(file, 'utf8'), key: readFileSync(keyFile, 'utf8'), file };
  return made;
}
