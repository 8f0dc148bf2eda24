/**
 * Runs an `UPDATE` or `DELETE` and tells whether it met exactly one row: with a condition
 * in it, one of several processes that try the same at once gets `true`.
 *
 * @param statement a query of a model or of the database, not yet run
 */
export async function affectedOne(statement: PromiseLike<unknown>): Promise<boolean> {
  /* A model's query answers with a list of one number, the database's with the number. */
  const [rows] = [await statement].flat()
  return Number(rows) === 1
}
