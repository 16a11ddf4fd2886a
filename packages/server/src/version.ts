/** The version of this package: the entity tag of the bundles that it serves (server.md §17). */
export const version: string = "0.1.0";
