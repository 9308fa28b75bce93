const swc = [
  '@swc/jest',
  { jsc: { target: 'es2022', parser: { syntax: 'typescript' } }, module: { type: 'commonjs' } },
];

/** @type {import('jest').Config} */
module.exports = {
  // Lanes need more than Node and Terraform; .ci/run installs it and names them.
  testPathIgnorePatterns: process.env.PLINTH_LANE ? [] : ['<rootDir>/test/lanes/'],
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  // Many tests start programs, and a machine may have other things to do.
  testTimeout: 30_000,
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/src/[^/]+/dist/', '<rootDir>/.*/cdktf.out/'],
  // Libraries that tests load although they are ES modules only, or import some while they run.
  transform: { '^.+\\.ts$': swc, '/node_modules/(jose|@opentelemetry/otlp-exporter-base)/.+\\.c?js$': swc },
  transformIgnorePatterns: ['/node_modules/(?!(jose|@opentelemetry/otlp-exporter-base)/)'],
  moduleNameMapper: {
    '^plinth/(.*)$': '<rootDir>/$1',
    '^@plinth/(contract|rehearsal|runtime)$': '<rootDir>/src/$1/index.ts',
    '^@plinth/rehearsal/expect$': '<rootDir>/src/rehearsal/expect/index.ts',
    '^@plinth/rehearsal/expect/jest$': '<rootDir>/src/rehearsal/expect/jest.ts',
    // The runtime is ESM and names its own modules with the extension they will have.
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
};
