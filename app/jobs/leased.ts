interface Due<Row> {
  /** Rows that are due and that no process is working on. */
  due(limit: number): PromiseLike<Row[]>
}

/* How many rows are worked on at the same time. */
const AT_ONCE = 5

/**
 * Works on the rows that are due, a few at a time, until none is left or the process
 * stops. Each is leased first, so that processes share them; if a process is killed,
 * its leases run out and another takes over.
 *
 * @param work runs outside any transaction
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
