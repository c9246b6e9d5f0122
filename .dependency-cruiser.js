/** Who may know whom: the rooms of the house, and the room each package belongs to. Run by `npm run check:rooms`. */

/** A room, or a part of one, and what of ours it may import besides itself. What is not listed is refused. */
const ROOMS = {
  bin: ['dist/cli/main.js'],
  cli: ['core'],
  'cli/commands/serve': ['cli', 'core', 'daemon/main.ts'],
  'cli/sandbox/start': ['cli', 'core', 'sandbox/main.ts'],
  core: [],
  daemon: ['core'],
  client: ['daemon/contract.ts'],
  // The judge shares no code with the judged.
  sandbox: [],
  test: ['bin', 'cli', 'core', 'daemon', 'client', 'sandbox'],
};

/** A package that the product uses, and the only places that may import it. Tests may import any package. */
const PACKAGES = {
  commander: ['cli'],
  inquirer: ['cli'],
  chalk: ['cli'],
  conf: ['core', 'cli'],
  'env-paths': ['core', 'cli'],
  zod: ['core', 'cli', 'daemon'],
  stripe: ['core', 'cli', 'daemon', 'sandbox'],
  express: ['daemon', 'sandbox'],
  'express-rate-limit': ['daemon'],
  helmet: ['daemon'],
  pino: ['daemon'],
  'better-sqlite3': ['core/cache', 'sandbox/store', 'sandbox/store-file'],
  pg: ['core/cache'],
  ws: ['sandbox'],
  'temporal-polyfill': ['core'],
  'jsonc-parser': ['core'],
  'fastest-levenshtein': ['core'],
  standardwebhooks: ['daemon'],
  react: ['client'],
  'react-dom': ['client'],
  wouter: ['client'],
  '@tanstack/react-query': ['client'],
};

/** Imports that must vanish when the program is built: `import type` only. */
const TYPES_ONLY = [
  { from: 'client', to: '^daemon/' },
  { from: 'sandbox', to: packagePath('stripe') },
];

const OUR_ROOMS = '^(bin|cli|core|daemon|client|sandbox|test|dist)/';
const MAY_USE_ANY_PACKAGE = '^test/|[.]config[.](js|ts)$|^[.]dependency-cruiser[.]js$';

function packagePath(name) {
  return `(^|/)node_modules/(@types/)?${name}/|^${name}(/|$)`;
}

function roomRule([room, may]) {
  const parts = Object.keys(ROOMS).filter((part) => part.startsWith(`${room}/`));
  return {
    name: `${room} imports only ${may.length === 0 ? 'itself' : may.join(', ')}`,
    severity: 'error',
    from: { path: `^${room}(/|[.])`, pathNot: parts.map((part) => `^${part}(/|[.])`) },
    to: { path: OUR_ROOMS, pathNot: [room, ...may].map((path) => `^${path}(/|[.]|$)`) },
  };
}

function packageRule([name, rooms]) {
  return {
    name: `${name} only in ${rooms.join(', ')}`,
    severity: 'error',
    from: { pathNot: [MAY_USE_ANY_PACKAGE, ...rooms.map((room) => `^${room}(/|[.])`)] },
    to: { path: packagePath(name) },
  };
}

function typesOnlyRule({ from, to }) {
  return {
    name: `${from} may only import type`,
    severity: 'error',
    from: { path: `^${from}/` },
    to: { path: to, dependencyTypesNot: ['type-only'] },
  };
}

const unknownPackage = {
  name: 'every package has a room',
  comment: 'Name the package and its room in .dependency-cruiser.js first.',
  severity: 'error',
  from: { pathNot: MAY_USE_ANY_PACKAGE },
  to: { path: '(^|/)node_modules/', pathNot: Object.keys(PACKAGES).map(packagePath) },
};

const browserOnly = {
  name: 'client runs in a browser',
  severity: 'error',
  from: { path: '^client/src/' },
  to: { dependencyTypes: ['core'] },
};

const noCycles = { name: 'no cycles', severity: 'error', from: {}, to: { circular: true } };

export default {
  forbidden: [
    ...Object.entries(ROOMS).map(roomRule),
    ...Object.entries(PACKAGES).map(packageRule),
    ...TYPES_ONLY.map(typesOnlyRule),
    unknownPackage,
    browserOnly,
    noCycles,
  ],
  options: {
    tsPreCompilationDeps: true,
    doNotFollow: { path: '(^|/)(node_modules|dist)/' },
    exclude: { path: '^([.]tools|test/results)/' },
  },
};
