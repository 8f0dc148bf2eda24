import type { ApplicationService } from '@adonisjs/core/types'

/** What has to happen once, when the application starts. */
export default class AppProvider {
  constructor(protected app: ApplicationService) {}

  register() {}
}
