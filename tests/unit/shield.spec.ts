import { Container } from '@adonisjs/core/container'
import ShieldMiddleware from '@adonisjs/shield/shield_middleware'
import ShieldProvider from '@adonisjs/shield/shield_provider'
import app from '@adonisjs/core/services/app'
import { test } from '@japa/runner'

test.group("Shield's middleware", () => {
  test('is made once, not for every request', async ({ assert }) => {
    const [one, other] = await Promise.all([
      app.container.make(ShieldMiddleware),
      app.container.make(ShieldMiddleware),
    ])
    assert.strictEqual(one, other)
  })

  test('Shield itself still makes one each time; else app/boot/shield_provider.ts can go', async ({
    assert,
  }) => {
    const container = new Container()
    container.bindValue('encryption', { use: () => ({}) })
    const bare = { container, config: { get: () => ({}) }, usingEdgeJS: false }
    await new ShieldProvider(bare as unknown as typeof app).register()
    const one = await container.make(ShieldMiddleware)
    assert.notStrictEqual(one, await container.make(ShieldMiddleware))
  })
})
