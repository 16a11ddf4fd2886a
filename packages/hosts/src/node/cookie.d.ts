// The part of the `cookie` package that is used here; it ships no types of its own.
declare module "cookie" {
  export function serialize(name: string, value: string, attributes: object): string;
}
