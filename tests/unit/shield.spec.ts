import { test } from '@japa/runner'
import { Container } from '@adonisjs/core/container'
import app from '@adonisjs/core/services/app'
import type { ApplicationService } from '@adonisjs/core/types'
import ShieldMiddleware from '@adonisjs/shield/shield_middleware'
import TheirProvider from '@adonisjs/shield/shield_provider'

test.group('The guard of forms', () => {
  test('is made once', async ({ assert }) => {
    const made = await app.container.make(ShieldMiddleware)
    assert.strictEqual(await app.container.make(ShieldMiddleware), made)
  })

  test("is still made for each request by Shield's own provider; else app/boot/shield_provider.ts can go", async ({
    assert,
  }) => {
    const container = new Container()
    container.bind('encryption', () => app.container.make('encryption'))
    const theirs = { container, config: app.config, usingEdgeJS: true }
    await new TheirProvider(theirs as unknown as ApplicationService).register()
    const made = await container.make(ShieldMiddleware)
    assert.instanceOf(made, ShieldMiddleware)
    assert.notStrictEqual(await container.make(ShieldMiddleware), made)
  })
})
