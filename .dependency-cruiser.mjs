// The layers of ARCHITECTURE.md, as rules. Types count as imports, except where a rule is about run time.

/** What a package may import of the others. */
const mayImport = {
  protocol: [],
  events: [],
  websocket: [],
  engine: ["protocol", "events"],
  adapter: ["protocol", "events"],
  hosts: ["engine", "websocket", "protocol", "events"],
  server: ["hosts", "engine", "adapter", "websocket", "protocol", "events"],
};

const tests = "\\.test(-d)?\\.ts$|/peers/|/testing/";

// Where requests and connections meet what upstream's users read on them: the edges of the hosts. Elsewhere only
// entry points may know a compat.ts.
const compatUsers =
  "^packages/hosts/src/(node|uws)/(http-exchange|upgrade|server|ws-engine|attach-app)\\.ts$";

/** @type {import("dependency-cruiser").IForbiddenRuleType[]} */
const layerRules = Object.entries(mayImport).map(([name, lower]) => ({
  name: `layer-${name}`,
  comment: `${name} imports ${lower.length === 0 ? "no other package of ours" : `only ${lower.join(", ")}`}`,
  severity: "error",
  from: { path: `^packages/${name}/src`, pathNot: tests },
  to: {
    path: "^packages/",
    pathNot: `^packages/(${[name, ...lower].join("|")})/|^packages/globals\\.d\\.ts$`,
  },
}));

/** @type {import("dependency-cruiser").IForbiddenRuleType[]} */
const frameworkRules = ["react", "vue"].map((name) => ({
  name: `framework-${name}`,
  comment: `the client's ${name}/ imports no module of Node, and no package of npm but ${name}`,
  severity: "error",
  from: { path: `^packages/client/src/${name}/`, pathNot: tests },
  to: {
    dependencyTypes: ["core", "npm", "npm-dev", "npm-optional", "npm-peer", "npm-no-pkg"],
    pathNot: `^packages/|^node_modules/(@types/)?${name}/`,
  },
}));

/** @type {import("dependency-cruiser").IConfiguration} */
export default {
  forbidden: [
    ...layerRules,
    {
      name: "layer-client",
      comment: "client imports only protocol and events; its Node platform also websocket",
      severity: "error",
      from: { path: "^packages/client/src", pathNot: `${tests}|^packages/client/src/platform/node/` },
      to: { path: "^packages/", pathNot: "^packages/(client|protocol|events)/|^packages/globals\\.d\\.ts$" },
    },
    {
      name: "layer-client-node",
      comment: "the client's Node platform imports only protocol, events and websocket",
      severity: "error",
      from: { path: "^packages/client/src/platform/node/", pathNot: tests },
      to: { path: "^packages/", pathNot: "^packages/(client|protocol|events|websocket)/" },
    },
    {
      name: "neutral-no-node",
      comment:
        "neutral code knows no runtime: no module of Node, no package of npm but a codec, which is pure",
      severity: "error",
      from: {
        path: "^packages/(protocol|events|engine|adapter|client)/src/",
        pathNot: `${tests}|^packages/client/src/(platform/node|react|vue)/`,
      },
      to: {
        dependencyTypes: ["core", "npm", "npm-dev", "npm-optional", "npm-peer", "npm-no-pkg"],
        pathNot: "^packages/|^node_modules/@msgpack/",
      },
    },
    ...frameworkRules,
    {
      name: "no-cycle-at-run-time",
      comment: "files import each other in one direction; a cycle of types alone is allowed",
      severity: "error",
      from: { path: "^packages/" },
      to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } },
    },
    {
      name: "compat-only-from-entries",
      comment: "what users of upstream rely on and we would not design stays out of the rest of the code",
      severity: "error",
      from: {
        path: "^packages/",
        pathNot: `${tests}|${compatUsers}|/compat|/(index|browser|weapp|websocket-only|entry)[^/]*$`,
      },
      to: { path: "/src/.*compat\\.ts$", dependencyTypesNot: ["type-only"] },
    },
    {
      name: "tests-import-nobody",
      comment: "what ships imports no test, no test peer and no testing folder",
      severity: "error",
      from: { path: "^packages/", pathNot: tests },
      to: { path: tests },
    },
    {
      name: "declared-or-refused",
      comment: "an import that nothing provides",
      severity: "error",
      from: { path: "^packages/" },
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: "/dist/" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    combinedDependencies: true,
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["@tautline/source", "import", "node", "default", "types"],
      extensions: [".ts", ".d.ts", ".mjs", ".js", ".json"],
      mainFields: ["module", "main", "types"],
    },
    cache: false,
  },
};
