// Bundles `app.js` of the folder in which it lies with Metro, as React Native's own configuration has it, and prints it.
// The argument is a folder in which Metro is installed.

const { createRequire } = require("node:module");
const { join } = require("node:path");

const tools = process.argv[2];
const load = createRequire(join(tools, "package.json"));
const { getDefaultConfig, mergeConfig } = load("@react-native/metro-config");

async function bundle() {
  const config = mergeConfig(await getDefaultConfig(__dirname), {
    projectRoot: __dirname,
    watchFolders: [__dirname, tools],
    resetCache: true,
    reporter: { update() {} },
    maxWorkers: 1,
    cacheStores: [],
    resolver: { nodeModulesPaths: [join(tools, "node_modules")], useWatchman: false },
    // React Native's own start-up, which is not installed.
    serializer: { getModulesRunBeforeMainModule: () => [], getPolyfills: () => [] },
  });
  const options = {
    entry: "app.js",
    platform: "ios",
    dev: false,
    minify: false,
    write: false,
    out: "out.js",
  };
  const { code } = await load("metro").runBuild(config, options);
  process.stdout.write(code);
}

bundle();
