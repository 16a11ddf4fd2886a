// Entry point `@tautline/server/engine`: the engine alone, in the shape of upstream's engine package.

export * from "@tautline/hosts/node/index";
