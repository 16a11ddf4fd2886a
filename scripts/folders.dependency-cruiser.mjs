// The rule about cycles between folders, apart from the rules of the layers: a test and what it is tested with may stand
// in folders that know each other, and a rule about folders cannot tell which of their files are meant.

import layers from "../.dependency-cruiser.mjs";

/** @type {import("dependency-cruiser").IConfiguration} */
export default {
  forbidden: [
    {
      name: "no-cycle-between-folders",
      comment: "folders beside each other import each other in one direction, types included",
      severity: "error",
      scope: "folder",
      from: {},
      to: { circular: true },
    },
  ],
  options: { ...layers.options, exclude: { path: "/dist/|/testing/|/peers/|\\.test(-d)?\\.ts$" } },
};
