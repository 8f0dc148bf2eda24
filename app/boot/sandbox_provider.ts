import type { ApplicationService } from '@adonisjs/core/types'

/** Gives the sandbox its rows before the server listens, where it is switched on. */
export default class SandboxProvider {
  constructor(protected app: ApplicationService) {}

  async start() {
    /* `node ace codegen` starts the application only to read its routes. */
    if (this.app.getMode() === 'warmup') return

    const { SeedSandboxProviders } = await import('#actions/providers/seed_sandbox_providers')
    await new SeedSandboxProviders().handle()
    const { SeedSandboxClient } = await import('#actions/clients/seed_sandbox_client')
    await new SeedSandboxClient().handle()
  }
}
