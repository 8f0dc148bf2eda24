import db from '@adonisjs/lucid/services/db'
import type { QueryClientContract } from '@adonisjs/lucid/types/database'
import type { LucidModel } from '@adonisjs/lucid/types/model'

type Rows<Models extends Record<string, LucidModel>, Values extends string> = {
  [Name in keyof Models]: InstanceType<Models[Name]> | null
} & Record<Values, unknown>

/**
 * Rows of several tables, read by one statement, each as its model. They are made as
 * `$createFromAdapterResult` makes them, but for its deep copy of every row and its walk
 * through a proxy for every column. For the path of every
 * sign-in and every page, where a preload would run another query for each table. The SQL
 * is built once. Models' hooks before a find do not run, so a condition they would add
 * belongs in the statement; hooks after a find do run.
 */
export class Join<Models extends Record<string, LucidModel>, Values extends string = never> {
  #sql: string | undefined

  /**
   * @param models by the alias that `from` gives their tables
   * @param from everything after the word `from`, with a `?` for each value
   * @param values single columns of tables that need no model, by the name they are given
   */
  constructor(
    private models: () => Models,
    private from: string,
    private values?: Record<Values, string>
  ) {}

  /** @returns `null` when there is no row; a model of an outer join that found none is `null` */
  async first(
    values: unknown[],
    client?: QueryClientContract
  ): Promise<Rows<Models, Values> | null> {
    const [row] = await this.#read(values, 'limit 1', client)
    return row ?? null
  }

  /** Every row, for the few that belong to one parent. */
  async all(values: unknown[], client?: QueryClientContract): Promise<Rows<Models, Values>[]> {
    return this.#read(values, '', client)
  }

  async #read(values: unknown[], limit: string, client: QueryClientContract = db.connection()) {
    const models = Object.entries(this.models())
    this.#sql ??= `select ${this.#columns(models).join(', ')} from ${this.from}`
    const answer = await client.rawQuery(`${this.#sql} ${limit}`, values as string[])
    /* MySQL's driver adds the column definitions. */
    const rows: Record<string, unknown>[] = Array.isArray(answer[0]) ? answer[0] : answer
    return Promise.all(rows.map((row) => this.#modelsOf(row, models, client)))
  }

  #columns(models: [string, LucidModel][]): string[] {
    const values = Object.entries<string>(this.values ?? {})
    return [
      ...models.flatMap(columnsOf),
      ...values.map(([name, column]) => `${column} as \`${name}\``),
    ]
  }

  async #modelsOf(
    row: Record<string, unknown>,
    models: [string, LucidModel][],
    client: QueryClientContract
  ): Promise<Rows<Models, Values>> {
    const found = models.map(([name, model]) => [name, rowOf(model, name, row, client)] as const)
    for (const [, one] of found) {
      if (one) await (one.constructor as LucidModel).$hooks.runner('after:find').run(one)
    }
    const values = Object.keys(this.values ?? {}).map((name) => [name, row[name]] as const)
    return Object.fromEntries([...found, ...values]) as Rows<Models, Values>
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
  const one = new model()
  /* Each access to the model goes through a proxy. */
  const { $attributes, $original } = one
  for (const [attribute, { columnName, consume }] of model.$columnsDefinitions) {
    const stored = row[`${name}.${columnName}`]
    const value: unknown = consume ? consume(stored, attribute, one) : stored
    $attributes[attribute] = value
    $original[attribute] = isChangeable(value) ? structuredClone(value) : value
  }
  one.$setOptionsAndTrx({ client, connection: client.connectionName })
  one.$isPersisted = true
  one.$isLocal = false
  return one
}

/** Whether a column's value can change without being replaced, as JSON can. */
function isChangeable(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  return Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype
}
