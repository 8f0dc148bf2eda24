import { ClientCommand } from '#console/client_command'

export default class ClientDisable extends ClientCommand {
  static commandName = 'client:disable'
  static description = 'Let a site sign in no more, and end what it was given'

  run() {
    return this.change('disable', 'switched off')
  }
}
