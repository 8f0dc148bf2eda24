/** Before the server listens: gives the sandbox its rows, where it is switched on. */
export default class SandboxProvider {
  async start() {
    const { SeedSandboxProviders } = await import('#actions/seed_sandbox_providers')
    await new SeedSandboxProviders().handle()
  }
}
