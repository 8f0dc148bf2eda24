import { ClientCommand } from '#console/client_command'

export default class ClientDisable extends ClientCommand {
  static commandName = 'client:disable'
  static description = 'Stop sign-ins from a site, and end everything it was given'

  run() {
    return this.change('disable', 'switched off')
  }
}
