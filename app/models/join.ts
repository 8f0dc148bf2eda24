import db from '@adonisjs/lucid/services/db'
import type { QueryClientContract } from '@adonisjs/lucid/types/database'
import type { LucidModel } from '@adonisjs/lucid/types/model'

type Rows<Models extends Record<string, LucidModel>> = {
  [Name in keyof Models]: InstanceType<Models[Name]> | null
}

/**
 * One row of each of several tables, read by one statement, each as its model. For the
 * way that every sign-in and every page takes, where a preload would ask once more for
 * each table. The SQL is made once. What models hook before a find does not run, so that a
 * condition they would add belongs into it; what they hook after one does.
 */
export class Join<Models extends Record<string, LucidModel>> {
  #sql: string | undefined

  /**
   * @param models by the alias that `from` gives their tables
   * @param from everything after the word, with a `?` for each value
   */
  constructor(
    private models: () => Models,
    private from: string
  ) {}

  /** @returns `null` when there is no row; a model of an outer join that found none is `null` */
  async first(values: unknown[], client?: QueryClientContract): Promise<Rows<Models> | null> {
    const asked = client ?? db.connection()
    const models = Object.entries(this.models())
    this.#sql ??= `select ${models.flatMap(columnsOf).join(', ')} from ${this.from} limit 1`
    const answer = await asked.rawQuery(this.#sql, values as string[])
    /* MySQL's driver adds what the columns are. */
    const rows: Record<string, unknown>[] = Array.isArray(answer[0]) ? answer[0] : answer
    if (rows.length === 0) return null
    const found = models.map(([name, model]) => [name, rowOf(model, name, rows[0], asked)] as const)
    for (const [, row] of found) {
      if (row) await (row.constructor as LucidModel).$hooks.runner('after:find').run(row)
    }
    return Object.fromEntries(found) as Rows<Models>
  }
}

function columnsOf([name, model]: [string, LucidModel]): string[] {
  model.boot()
  return [...model.$columnsDefinitions.values()].map(
    ({ columnName }) => `\`${name}\`.\`${columnName}\` as \`${name}.${columnName}\``
  )
}

function rowOf(
  model: LucidModel,
  name: string,
  row: Record<string, unknown>,
  client: QueryClientContract
) {
  if (row[`${name}.id`] === null) return null
  const own: Record<string, unknown> = {}
  for (const { columnName } of model.$columnsDefinitions.values()) {
    own[columnName] = row[`${name}.${columnName}`]
  }
  return model.$createFromAdapterResult(own, undefined, {
    client,
    connection: client.connectionName,
  })
}
