/** What a program did wrong when it made a server. All codes are in docs/errors.md. */
export type OptionErrorCode = "SIO_INVALID_OPTION";

/** An option that cannot be meant: thrown by the constructor, before anything is attached. */
export class OptionError extends TypeError {
  readonly code: OptionErrorCode = "SIO_INVALID_OPTION";
}
