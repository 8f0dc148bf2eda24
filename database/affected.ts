/**
 * Runs an `UPDATE` or `DELETE` and tells whether it affected exactly one row: with a
 * condition in it, only one of several processes that try the same at once gets `true`.
 *
 * @param statement a query of a model or of the database, not yet run
 */
export async function affectedOne(statement: PromiseLike<unknown>): Promise<boolean> {
  /* A model's query resolves to a list with one number, the database's to the number. */
  const [rows] = [await statement].flat()
  return Number(rows) === 1
}
