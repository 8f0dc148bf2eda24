interface Due<Row> {
  /** Rows whose time has come and that no process works on. */
  due(limit: number): PromiseLike<Row[]>
}

/* Rows under way at the same time. */
const AT_ONCE = 5

/**
 * Works on the rows that are due, a few at a time, until none is left or the process
 * stops. Each is leased first, so that processes share them; a process that is killed
 * leaves its leases to run out, and another takes over.
 *
 * @param work runs outside of any transaction
 */
export async function forEachDue<Row extends { lease(): Promise<boolean> }>(
  model: Due<Row>,
  work: (row: Row) => Promise<void>,
  signal?: AbortSignal
): Promise<void> {
  while (!signal?.aborted) {
    const due = await model.due(AT_ONCE)
    if (due.length === 0) return
    /* What another process takes in between is no longer due in the next round. */
    const taken = await Promise.all(due.map((row) => row.lease()))
    await Promise.all(due.filter((_row, index) => taken[index]).map(work))
  }
}
