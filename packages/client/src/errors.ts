/** Why a connection failed or was lost, or why a packet was not sent; docs/troubleshooting.md explains each. */
export type FailureCode =
  // Nothing came back: the network, the address, CORS, a certificate.
  | "EIO_CONNECT_FAILED"
  // The runtime did not let the client try: mixed content, a policy, no such transport.
  | "EIO_TRANSPORT_UNAVAILABLE"
  // Node: the certificate is not trusted.
  | "EIO_CERTIFICATE"
  | "EIO_CONNECT_TIMEOUT"
  | "EIO_HTTP_STATUS"
  | "EIO_SESSION_UNKNOWN"
  | "EIO_FORBIDDEN"
  | "EIO_VERSION_UNSUPPORTED"
  | "EIO_PAYLOAD_TOO_LARGE"
  | "EIO_CONNECTION_LOST"
  | "EIO_OFFLINE"
  | "EIO_PING_TIMEOUT"
  | "EIO_PROBE_TIMEOUT"
  | "SIO_PARSE_ERROR"
  | "SIO_OLD_SERVER"
  | "SIO_INVALID_NAMESPACE"
  | "SIO_REFUSED";
