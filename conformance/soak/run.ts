// node --conditions=@tautline/source --import tsx conformance/soak/run.ts [--connections N]
//
// Opens and closes N hostile connections (default 10,000) and prints what the server holds before and after.

import { parseArgs } from "node:util";
import { soak } from "./soak.ts";

const { values } = parseArgs({ options: { connections: { type: "string", default: "10000" } } });
const { before, after } = await soak(Number(values.connections), (done) =>
  console.log(`${done} connections`),
);
console.table({ before, after });
