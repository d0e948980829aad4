/** Codes that say "not now": the same statement can succeed once the database is back, or less busy. */
const codes = new Set([
  // Node's sockets
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOENT', // the Unix socket is gone
  // SQLSTATE: admin_shutdown, crash_shutdown, cannot_connect_now, too_many_connections, disk_full, out_of_memory
  '57P01',
  '57P02',
  '57P03',
  '53300',
  '53100',
  '53200',
  // hold_buckets: the bucket is being moved to another shard
  'PY001',
  // serialization_failure, deadlock_detected, idle_in_transaction_session_timeout, read_only_sql_transaction (a failover)
  '40001',
  '40P01',
  '25P03',
  '25006',
  // Prisma: cannot reach, timed out, closed, no connection from the pool, no transaction in time, write conflict
  'P1001',
  'P1002',
  'P1008',
  'P1017',
  'P2024',
  'P2028',
  'P2034',
  // kinds of a Prisma DriverAdapterError
  'DatabaseNotReachable',
  'ConnectionClosed',
  'SocketTimeout',
  'TooManyConnections',
  'TransactionWriteConflict',
]);

const messages =
  /connection terminated|connection ended|client has encountered a connection error|server closed the connection|the database system is (starting up|shutting down|in recovery)|timeout exceeded when trying to connect|query read timeout|terminating connection/i;

/**
 * Whether an error from Prisma or pg means that the database cannot be used right now, so that the answer is UNAVAILABLE
 * and retryable rather than INTERNAL. Looks through the causes that each layer wraps around the first.
 */
export function isUnavailable(error: unknown, depth = 0): boolean {
  if (typeof error !== 'object' || error === null || depth > 6) return false;
  const { code, originalCode, errorCode, kind, message, cause, meta, errors } = error as Record<string, unknown>;
  if (
    [code, originalCode, errorCode, kind].some(
      (each) => typeof each === 'string' && (codes.has(each) || each.startsWith('08')),
    )
  )
    return true;
  if (typeof message === 'string' && messages.test(message)) return true;
  const inner = [
    cause,
    (meta as Record<string, unknown> | undefined)?.driverAdapterError,
    ...(Array.isArray(errors) ? (errors as unknown[]) : []),
  ];
  return inner.some((each) => isUnavailable(each, depth + 1));
}

/** Whether a shard refused a write because the bucket is not, or no longer, its own. See hold_buckets. */
export function isMoved(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false;
  const { code, originalCode, cause, meta } = error as Record<string, unknown>;
  if (code === 'PY001' || originalCode === 'PY001') return true;
  const inner = meta as { code?: unknown; driverAdapterError?: unknown } | undefined;
  return inner?.code === 'PY001' || isMoved(inner?.driverAdapterError) || isMoved(cause);
}
